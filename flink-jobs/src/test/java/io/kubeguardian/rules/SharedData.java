package io.kubeguardian.rules;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Data from outside the project, which a test uses where it is present. */
public final class SharedData {
    private SharedData() {}

    /** Skips the test, saying why, when the file is not there. */
    public static Path require(String name) {
        Path found = find(name);
        assumeTrue(found != null, "skipped: shared/data/" + name + " is not beside the project");
        return found;
    }

    /** Null when the file is not there. */
    static Path find(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path file = folder.resolve("shared/data").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        return null;
    }
}
