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
        String missing = "shared/data/" + name + " is not beside the project";
        if (found == null) {
            System.out.println("SKIPPED: " + missing); // Surefire counts what is skipped but keeps the reason to itself
        }
        assumeTrue(found != null, missing);
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
