package io.kubeguardian.rules.field;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsPageTest {
    private static final Path PAGE = Path.of("../docs/falco-fields.md");
    private static final Pattern FIELD =
            Pattern.compile("(?<![\\w./-])(evt|proc|fd|fs|user|group|container|k8s|thread|syscall)(\\.[a-z0-9_]+)+(?![\\w/-])");

    @Test
    void thePageSaysWhatTheTableHas() throws Exception {
        // Given
        String text = FieldsPage.text();
        if (Boolean.getBoolean("kubeguardian.docs.write")) {
            Files.writeString(PAGE, text);
        }

        // When
        String page = Files.readString(PAGE);

        // Then
        assertThat(page).as("docs/falco-fields.md is stale: run with -Dkubeguardian.docs.write=true").isEqualTo(text);
    }

    @Test
    void noReasonAndNoNoteOutlivesItsField() {
        assertThat(FieldsPage.idleReasons()).isEmpty();
        assertThat(FieldsPage.idleNotes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"})
    void everyFieldThatFalcosFilesUseIsOnThePage(String file) throws Exception {
        // Given the names in conditions and outputs: comments and descriptions name other things too
        Path rules = SharedData.require("falco/" + file);
        String text = Files.readString(rules).replaceAll("(?m)^ *#.*$", "")
                .replaceAll("(?ms)^  desc:.*?(?=^  [a-z]+:|^-)", "");

        // When
        Set<String> used = new TreeSet<>();
        Matcher matcher = FIELD.matcher(text);
        while (matcher.find()) {
            used.add(matcher.group());
        }

        // Then
        assertThat(used).hasSizeGreaterThan(20);
        FieldsPage.fields().forEach(field -> used.remove(field.name()));
        used.remove("user.log"); // a file's name in a list
        assertThat(used).isEmpty();
    }
}
