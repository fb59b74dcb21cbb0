package io.kubeguardian.cli.triggers;

import static java.util.stream.Collectors.joining;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.stack.Cgroups;
import io.kubeguardian.cli.stack.JavaChild;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Containers of the test's own, one after the other, and the real collector that watches them. */
final class WatchedContainers implements AutoCloseable {
    private static final String CLUSTER = "test";
    private static final String NODE = "node-1";

    private final Path script;
    private final Path image;
    private final Path work;
    private final Path capture;
    private final Path root;
    private final Deque<Path> cgroups = new ArrayDeque<>();
    private final Map<String, Recording> byUid = new LinkedHashMap<>();
    private JavaChild collector;

    private WatchedContainers(Path project, Path image, Path folder) throws IOException {
        this.script = project.resolve("cli/demo/container.sh");
        this.image = image;
        this.work = Files.createDirectory(folder.resolve("work"));
        this.capture = folder.resolve("seen.avro");
        this.root = Cgroups.mountPoint().resolve("kubeguardian-test-" + UUID.randomUUID());
    }

    /**
     * Returns when the sensors are attached.
     *
     * @param image root file system of the containers
     * @param folder an empty one to work in
     */
    static WatchedContainers start(Path project, Path image, Path folder) throws IOException {
        WatchedContainers containers = new WatchedContainers(project, image, folder);
        try {
            containers.make(containers.root);
            containers.watch(new Home(project), folder);
            return containers;
        } catch (RuntimeException | IOException e) {
            containers.close();
            throw e;
        }
    }

    private void watch(Home home, Path folder) {
        collector = JavaChild.start("collector", home.resolve("collector/collector.jvm"), home.classPath("collector"),
                "io.kubeguardian.collector.CollectorMain", List.of("--capture", capture.toString(), "--no-kafka"),
                Map.of("KUBEGUARDIAN_COLLECTOR_CGROUP", root.toString(), "KUBEGUARDIAN_COLLECTOR_CLUSTER", CLUSTER,
                        "KUBEGUARDIAN_COLLECTOR_NODE", NODE, "KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "-1"),
                folder.resolve("collector.log"), line -> line.startsWith("collector ready: "));
        collector.awaitReady(Duration.ofSeconds(120));
    }

    /** Runs a command in a container of a new pod, and waits for its end. */
    void run(String pod, RuleTrigger.Act act) throws IOException, InterruptedException {
        String uid = UUID.randomUUID().toString();
        String container = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
        Path cgroup = make(root.resolve("kubepods/burstable/pod" + uid + '/' + container));
        PodMetadata metadata = new PodMetadata(CLUSTER, uid, "shop", pod, NODE, "Deployment", "web", "default",
                Map.of("app", "web"),
                List.of(new ContainerMetadata(container, "web", act.image(), "", act.privileged(), 0L)), false, 0L, false,
                false, false);
        byUid.put(uid, new Recording(metadata, new ArrayList<>()));
        List<String> command = new ArrayList<>(List.of(script.toString(), image.toString(), cgroup.toString(), work.toString()));
        command.addAll(act.command());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear(); // it would become the container's
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> process.inputReader().lines().collect(joining(" ")));
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            Files.writeString(cgroup.resolve("cgroup.kill"), "1");
            process.waitFor();
            throw new IllegalStateException(pod + " does not end, and says " + output.join());
        }
    }

    /** What the collector saw of all of them, by the pods' names. It is stopped. */
    Map<String, Recording> seen() throws Exception {
        collector.close();
        collector = null;
        Map<String, Recording> byName = new LinkedHashMap<>();
        byUid.values().forEach(recording -> byName.put(recording.pod().getName(), recording));
        try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof EventBatch batch && byUid.containsKey(batch.getPodUid())) {
                    byUid.get(batch.getPodUid()).batches().add(batch);
                }
            }
        }
        return byName;
    }

    private Path make(Path cgroup) throws IOException {
        if (!Files.isDirectory(cgroup)) {
            make(cgroup.getParent());
            Files.createDirectory(cgroup);
            cgroups.push(cgroup);
        }
        return cgroup;
    }

    @Override
    public void close() throws IOException {
        if (collector != null) {
            collector.close();
        }
        while (!cgroups.isEmpty()) {
            Files.delete(cgroups.pop());
        }
    }
}
