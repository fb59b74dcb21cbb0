package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder for one run: logs, broker data, checkpoints, keys. Deleted on close unless it is to be kept. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private boolean keep;

    public TemporaryFolder(String prefix) {
        try {
            path = Files.createTempDirectory(prefix);
            Files.createDirectory(path.resolve("logs"));
        } catch (IOException e) {
            throw new UserError("cannot make a temporary folder: " + e.getMessage() + "; is the disk full?", e);
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Leaves the folder in place, so that its logs can be read; where there are none it still goes. */
    public void keep() {
        String[] logs = path.resolve("logs").toFile().list();
        keep = logs != null && logs.length > 0;
    }

    /** Whether it outlives this run. */
    public boolean kept() {
        return keep;
    }

    @Override
    public void close() {
        if (keep) {
            return;
        }
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
