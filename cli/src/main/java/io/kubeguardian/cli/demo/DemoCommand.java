package io.kubeguardian.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.Cgroups;
import io.kubeguardian.cli.stack.SensorProbe;
import io.kubeguardian.cli.stack.Stack;
import io.kubeguardian.cli.stack.TemporaryFolder;
import io.kubeguardian.cli.stack.TopicFollower;
import io.kubeguardian.schema.CollectorHealth;
import io.kubeguardian.schema.SensorMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubeguardian demo}: the whole of KubeGuardian on this machine, against a real attack. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs everything on this machine against a real attack on a throw-away container.",
            "Shows how the attack is seen, correlated, contained in the kernel and refused at admission, in about a minute.",
            "Exit code 0 only if all of it happened. Needs root and BPF; without, replays a recorded attack."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final String CLUSTER = "demo";
    private static final int LEARNING_SECONDS = 8;
    private static final int QUIET_SECONDS = 5;
    /** Longer than learning and quiet time, for the watermark to pass both. */
    private static final Duration NORMAL = Duration.ofSeconds(LEARNING_SECONDS + 4);

    @Option(names = "--json", paramLabel = "FILE", description = "also write the result as JSON")
    private Path json;

    @Option(names = "--replay", description = "replay the recorded attack even where the sensor works")
    private boolean replay;

    @Option(names = "--record", paramLabel = "FOLDER",
            description = "write the sensor's events of this run as the capture that --replay plays")
    private Path record;

    @Override
    public Integer call() throws Exception {
        if (json != null && json.toAbsolutePath().getParent() != null
                && !Files.isDirectory(json.toAbsolutePath().getParent())) {
            throw new UserError("--json " + json + ": the folder does not exist");
        }
        Home home = Home.find();
        return Interrupted.onSignal(
                () -> run(home), Interrupted.EXIT_CODE, "interrupted; everything was taken down");
    }

    private int run(Home home) throws IOException {
        Ansi ansi = Ansi.detect();
        SensorProbe probe = probe(home);
        DemoResult result = new DemoResult(probe.works() ? DemoResult.Mode.LIVE : DemoResult.Mode.REPLAYED);
        System.out.println(ansi.bold("KubeGuardian demo") + "  on Linux " + System.getProperty("os.version"));
        if (!probe.works()) {
            System.out.println(ansi.yellow("  REPLAYED") + " from a capture that the sensor made earlier, because: "
                    + probe.reason());
        }
        Leftovers leftovers = new Leftovers();
        TemporaryFolder folder = new TemporaryFolder("kubeguardian-demo-");
        System.setProperty("kubeguardian.log", folder.resolve("logs/stack.log").toString());
        try (folder) {
            try {
                tell(home, folder, ansi, probe.works(), result, leftovers);
            } catch (Interrupted e) {
                throw e; // by the user's own wish: nothing to look into
            } catch (RuntimeException e) {
                folder.keep();
                if (folder.kept()) {
                    System.out.println(ansi.red("  ✘ ") + "logs are in " + folder.resolve("logs"));
                }
                throw e;
            }
            if (!result.passed()) {
                folder.keep();
            }
        }
        String left = leftovers.after(result.passed() ? folder.path() : null);
        result.check("nothing left behind", left.isEmpty(), left);
        Summary.print(System.out, ansi, result);
        if (folder.kept()) {
            System.out.println("  logs are in " + folder.resolve("logs"));
        }
        if (json != null) {
            Files.write(json, new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(result));
        }
        return result.passed() ? 0 : 1;
    }

    private SensorProbe probe(Home home) {
        if (replay) {
            return new SensorProbe(false, "--replay was given");
        }
        if (!Files.isExecutable(home.resolve(LiveScene.PROGRAMS).resolve("orders"))) {
            return new SensorProbe(false, "the demo's container is not built: install clang, libc6-dev and"
                    + " busybox-static, then remove .kubeguardian/built");
        }
        return SensorProbe.run(home);
    }

    private void tell(Home home, TemporaryFolder folder, Ansi ansi, boolean live, DemoResult result, Leftovers leftovers)
            throws IOException {
        String node = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        Path root = null;
        if (live) {
            root = Cgroups.mountPoint()
                    .resolve("kubeguardian-demo-" + ProcessHandle.current().pid()).resolve("kubepods.slice");
            Files.createDirectories(root);
        }
        try (Scene scene = live
                ? new LiveScene(home, folder, root, CLUSTER, node, NORMAL)
                : new ReplayedScene(home.resolve("cli/demo/capture"))) {
            Screen screen = new Screen(System.out, ansi);
            try (Stack stack = Stack.start(home, folder, null, settings(scene, node, root), live,
                    (part, detail) -> {
                        screen.line(part, detail);
                        result.stack(part, detail);
                    })) {
                Timeline timeline = new Timeline(scene.workload().podUid(), screen);
                try (TopicFollower follower =
                                new TopicFollower(stack.kafkaClient(), Timeline.TOPICS, true, timeline::accept);
                        AdmissionClient admission = new AdmissionClient(stack.webhookPort(), stack.webhookCa())) {
                    if (live) {
                        showSensors(screen, timeline, result);
                    }
                    DemoRun run = new DemoRun(stack, scene, screen, timeline, admission, result);
                    leftovers.note();
                    run.run();
                    if (record != null && live && !timeline.incidents().isEmpty()) {
                        Recorder.write(record, scene.metadata(), timeline.batches(), run.attackAt(),
                                timeline.incidents().getFirst().record().getLastEventTime());
                    }
                    scene.close(); // the container first: the collector sees it go
                }
            }
        } finally {
            if (root != null) {
                Files.deleteIfExists(root);
                Files.deleteIfExists(root.getParent());
            }
        }
    }

    /** Which hooks the collector runs on this kernel, and what the kernel refused: as its health record says. */
    private static void showSensors(Screen screen, Timeline timeline, DemoResult result) {
        List<SensorMode> modes = timeline.await(Duration.ofSeconds(30), timeline::health)
                .map(CollectorHealth::getSensors).orElse(List.of());
        Map<String, List<String>> byHook = new LinkedHashMap<>();
        for (SensorMode mode : modes) {
            if (mode.getProblem().isEmpty()) {
                byHook.computeIfAbsent(mode.getHook(), hook -> new ArrayList<>()).add(mode.getSensor());
            }
        }
        byHook.forEach((hook, sensors) -> screen.line("sensor", String.join(", ", sensors) + "   " + hook));
        for (SensorMode mode : modes) {
            if (!mode.getProblem().isEmpty()) {
                screen.line("refused", mode.getSensor() + ": " + mode.getProblem());
            }
            result.stack("sensor " + mode.getSensor(),
                    mode.getProblem().isEmpty() ? mode.getHook() : "refused: " + mode.getProblem());
        }
    }

    private static Map<String, String> settings(Scene scene, String node, Path root) {
        String cluster = scene.workload().cluster();
        return Map.of(
                "KUBEGUARDIAN_COLLECTOR_CLUSTER", cluster,
                "KUBEGUARDIAN_COLLECTOR_NODE", node,
                "KUBEGUARDIAN_COLLECTOR_CGROUP", root == null ? "" : root.toString(),
                "KUBEGUARDIAN_COLLECTOR_HEALTH_SECONDS", "1",
                "KUBEGUARDIAN_WEBHOOK_CLUSTER", cluster,
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                "KUBEGUARDIAN_DETECTION_LEARNING_SECONDS", Integer.toString(LEARNING_SECONDS),
                "KUBEGUARDIAN_DETECTION_QUIET_SECONDS", Integer.toString(QUIET_SECONDS),
                // So that the attacker can come once more, and be seen to fail: contained, the service would not hear him.
                "KUBEGUARDIAN_DETECTION_CONTAIN_EXCEPT_DESTINATIONS",
                "[\"127.0.0.1:" + Container.SERVICE_PORT + "/tcp\"]");
    }
}
