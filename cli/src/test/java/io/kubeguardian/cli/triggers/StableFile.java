package io.kubeguardian.cli.triggers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeguardian.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Falco's stable rules, which lie beside the project and are no part of it. */
final class StableFile {
    private static final String NAME = "shared/data/falco/falco_rules.yaml";

    private StableFile() {}

    /** Skips the test, saying why, when the file is not there. */
    static RuleSet require() {
        Path found = null;
        for (Path folder = Path.of("").toAbsolutePath(); folder != null && found == null; folder = folder.getParent()) {
            Path file = folder.resolve(NAME);
            found = Files.exists(file) ? file : null;
        }
        String missing = NAME + " is not beside the project";
        if (found == null) {
            System.out.println("SKIPPED: " + missing); // Surefire counts what is skipped but keeps the reason to itself
        }
        assumeTrue(found != null, missing);
        return RuleSet.loadPaths(List.of(found));
    }
}
