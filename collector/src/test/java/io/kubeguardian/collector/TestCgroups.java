package io.kubeguardian.collector;

import io.kubeguardian.collector.attribute.CgroupTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A cgroup tree of the test's own, and programs that run in it. Everything goes away with it. */
final class TestCgroups implements AutoCloseable {
    /** How a trigger ended. @param status exit code, or 128 + signal */
    record Ended(long pid, int status, String output) {}

    private final Path root;
    private final List<Path> made = new ArrayList<>();

    TestCgroups() throws IOException {
        this(CgroupTree.findMount());
    }

    private TestCgroups(Path parent) throws IOException {
        byte[] random = new byte[6];
        ThreadLocalRandom.current().nextBytes(random);
        root = parent.resolve("kubeguardian-test-" + HexFormat.of().formatHex(random));
        make(root);
    }

    /** Where the {@link SharedSensor} looks, which a {@link SensorHarness} of this tree then reads. */
    static TestCgroups monitored() throws IOException {
        return new TestCgroups(SharedSensor.root());
    }

    Path root() {
        return root;
    }

    CgroupTree tree() {
        return CgroupTree.of(root.toString());
    }

    static String randomPod() {
        return UUID.randomUUID().toString();
    }

    static String randomContainer() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    /** A container's cgroup as the kubelet's cgroupfs driver names it. */
    Path container(String podUid, String containerId) throws IOException {
        return make(root.resolve("kubepods/burstable/pod" + podUid + '/' + containerId));
    }

    Path make(Path cgroup) throws IOException {
        if (!Files.isDirectory(cgroup)) {
            make(cgroup.getParent());
            Files.createDirectory(cgroup);
            made.add(cgroup);
        }
        return cgroup;
    }

    void remove(Path cgroup) throws IOException {
        Files.delete(cgroup);
        made.remove(cgroup);
    }

    static Path trigger(String name) {
        return Path.of(System.getProperty("kubeguardian.bpf.target"), "triggers", name).toAbsolutePath().normalize();
    }

    /** Runs a program inside the cgroup and waits for its end. The first event there is its exec. */
    static Ended run(Path cgroup, Path program, Object... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(trigger("in_cgroup").toString(), cgroup.toString(), program.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .directory(Path.of("/").toFile()).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command + " does not end");
        }
        return new Ended(process.pid(), process.exitValue(), output);
    }

    @Override
    public void close() throws IOException {
        for (Path cgroup : made.reversed()) {
            Files.delete(cgroup);
        }
    }
}
