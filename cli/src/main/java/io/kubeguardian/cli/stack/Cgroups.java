package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds where the kernel shows its cgroup v2 hierarchy. */
public final class Cgroups {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private Cgroups() {}

    /** The mount point of cgroup v2: {@code /sys/fs/cgroup}, or elsewhere on a machine that also has version 1. */
    public static Path mountPoint() {
        try {
            // proc(5): … mount point is field 5; after the separator "-" comes the file system's type.
            return Files.readAllLines(MOUNTS).stream()
                    .filter(line -> line.contains(" - cgroup2 "))
                    .map(line -> Path.of(line.split(" ")[4]))
                    .findFirst()
                    .orElseThrow(() -> new UserError("cgroup v2 is not mounted on this machine"));
        } catch (IOException e) {
            throw new UserError(MOUNTS + ": " + e.getMessage(), e);
        }
    }
}
