package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.attribute.CgroupTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;

/** A cgroup tree of the scenario's own: one part that is monitored, one that is not. Goes away with it. */
final class Cgroups implements AutoCloseable {
    private final Deque<Path> made = new ArrayDeque<>();
    private final Path monitored;
    private final Path unmonitored;

    Cgroups() {
        try {
            Path root = CgroupTree.findMount().resolve("kubeguardian-benchmark-" + UUID.randomUUID());
            monitored = make(root.resolve("monitored"));
            unmonitored = make(root.resolve("unmonitored"));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new UnavailableException(e.getMessage());
        }
    }

    Path monitored() {
        return monitored;
    }

    Path unmonitored() {
        return unmonitored;
    }

    /** A container of a new pod, as the kubelet's cgroupfs driver names it. */
    Path container() {
        return make(monitored.resolve("kubepods/burstable/pod" + UUID.randomUUID() + '/'
                + (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "")));
    }

    private Path make(Path cgroup) {
        try {
            if (!Files.isDirectory(cgroup)) {
                make(cgroup.getParent());
                Files.createDirectory(cgroup);
                made.push(cgroup);
            }
            return cgroup;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make cgroups (are you root?): " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        while (!made.isEmpty()) {
            Files.delete(made.pop());
        }
    }
}
