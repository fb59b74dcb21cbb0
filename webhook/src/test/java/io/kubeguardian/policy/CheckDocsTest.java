package io.kubeguardian.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * docs/checks.md and docs/compliance.md say what the catalog says. To write them anew:
 * {@code mvn -o -q -pl webhook -am test -Dtest=CheckDocsTest -Dkubeguardian.docs.record=true}.
 */
class CheckDocsTest {
    private static final String MARK = "<!-- From here on written by CheckDocsTest. -->\n";
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void theChecksAreDocumented() throws IOException {
        StringBuilder all = new StringBuilder();
        for (CheckInfo check : Catalog.checksById().values()) {
            all.append("\n## ").append(check.id()).append("\n\n**").append(check.title()).append("** (")
                    .append(check.severity().label()).append("): ").append(check.why()).append(". To mend it, ")
                    .append(check.remedy()).append(".\n\nControls: ")
                    .append(check.controls().stream().map(Control::key).collect(Collectors.joining(", "))).append(".\n");
        }
        compare("checks.md", all.toString());
    }

    @Test
    void theControlsAreDocumented() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Framework framework : Framework.values()) {
            all.append("\n## ").append(framework.id()).append(": ").append(framework.title())
                    .append("\n\n| control | | checks |\n|---|---|---|\n");
            for (Control control : Catalog.controls(framework)) {
                if (control.framework() != framework) {
                    continue;
                }
                String checks = Catalog.checksById().values().stream().filter(check -> check.controls().contains(control))
                        .map(CheckInfo::id).collect(Collectors.joining(", "));
                all.append("| ").append(control.id()).append(" | ").append(control.title())
                        .append(control.since() > 0 ? " (since v1." + control.since() + ")" : "").append(" | ")
                        .append(checks.isEmpty() ? "manifests do not show it" : checks).append(" |\n");
            }
        }
        compare("compliance.md", all.toString());
    }

    private static void compare(String name, String generated) throws IOException {
        Path file = DOCS.resolve(name);
        String text = Files.readString(file);
        String head = text.substring(0, text.indexOf(MARK) + MARK.length());
        if (Boolean.getBoolean("kubeguardian.docs.record")) {
            Files.writeString(file, head + generated);
            text = head + generated;
        }
        assertThat(text).as(name).isEqualTo(head + generated);
    }
}
