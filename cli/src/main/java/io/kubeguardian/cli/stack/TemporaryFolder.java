package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Utils;

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
            Utils.delete(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
