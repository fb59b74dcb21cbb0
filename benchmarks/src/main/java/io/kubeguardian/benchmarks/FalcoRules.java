package io.kubeguardian.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Falco's published rule files, which are not part of this project. */
final class FalcoRules {
    static final String HOW = "KUBEGUARDIAN_FALCO_RULES names a folder with falco_rules.yaml and its two siblings";

    private FalcoRules() {}

    /** Null where there are none. */
    static Path folder(Path home) {
        String given = System.getenv("KUBEGUARDIAN_FALCO_RULES");
        Path folder = given == null ? home.resolve("../shared/data/falco").normalize() : Path.of(given);
        return all(folder).stream().allMatch(Files::isReadable) ? folder : null;
    }

    static Path stable(Path folder) {
        return folder.resolve("falco_rules.yaml");
    }

    /** The stable, the incubating and the sandbox file. */
    static List<Path> all(Path folder) {
        return Stream.of("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml")
                .map(folder::resolve).toList();
    }
}
