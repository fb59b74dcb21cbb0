package io.kubeguardian.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the built project lies; the launcher says so with {@code -Dkubeguardian.home}. */
public final class Home {
    private final Path folder;

    public Home(Path folder) {
        this.folder = folder;
    }

    public static Home find() {
        String home = System.getProperty("kubeguardian.home");
        if (home == null) {
            throw new UserError("start this through ./kubeguardian, which builds the project and says where it lies");
        }
        return new Home(Path.of(home));
    }

    /** Class path of a module that runs as a process of its own: its jar and all it depends on. */
    public String classPath(String module) {
        Path target = folder.resolve(module).resolve("target");
        Path list = target.resolve("classpath.txt");
        try {
            return target.resolve(module + "-0.1.0-SNAPSHOT.jar") + ":" + Files.readString(list).strip();
        } catch (IOException e) {
            throw new UserError(list + ": not built; run ./kubeguardian, or mvn package", e);
        }
    }

    public Path resolve(String path) {
        return folder.resolve(path);
    }
}
