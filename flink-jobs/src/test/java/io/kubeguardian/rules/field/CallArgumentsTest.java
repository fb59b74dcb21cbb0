package io.kubeguardian.rules.field;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.EventType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CallArgumentsTest {
    private static final Path PAGE = Path.of("../docs/events.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+) \\|");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    @Test
    void rulesKnowTheCallsThatSensorsTellAndNoOthers() throws Exception {
        // Given
        String page = Files.readString(PAGE);
        int start = page.indexOf("\n## Calls\n");
        String calls = page.substring(start, page.indexOf("\n## ", start + 1));
        Set<String> told = new TreeSet<>();

        // When
        ROW.matcher(calls).results().forEach(row ->
                NAME.matcher(row.group(1)).results().forEach(name -> told.add(name.group(1))));

        // Then
        assertThat(told).hasSizeGreaterThan(50).containsExactlyInAnyOrderElementsOf(EventNames.of(EventType.CALL));
    }
}
