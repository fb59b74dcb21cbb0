package io.kubeguardian.cli.triggers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.stack.SensorProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a table of triggers on this machine, each in a container of its own, while the collector watches. */
final class LiveTriggers {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    private LiveTriggers() {}

    /**
     * What was seen, by the pods' names. With {@code -Dkubeguardian.captures.record=true} it becomes the capture. Skips
     * the test, saying why, where sensors cannot run.
     *
     * @param folder an empty one to work in
     */
    static Map<String, Recording> watch(List<RuleTrigger> triggers, Path folder, Path capture) throws Exception {
        SensorProbe probe = SensorProbe.run(new Home(PROJECT));
        String problem = !probe.works() ? probe.reason() : Files.exists(BUSYBOX) ? "" : BUSYBOX + " is missing";
        if (!problem.isEmpty()) {
            System.out.println("SKIPPED the live triggers: " + problem); // Surefire keeps the reason to itself
        }
        assumeTrue(problem.isEmpty(), "triggers cannot be watched here: " + problem);
        Path image = Files.createDirectory(folder.resolve("image"));
        Image.build(image, BUSYBOX, PROJECT.resolve("bpf/target/triggers"));
        Map<String, Recording> seen;
        try (WatchedContainers containers = WatchedContainers.start(PROJECT, image, folder)) {
            for (RuleTrigger each : triggers) {
                containers.run(each.triggerPod(), each.trigger());
                containers.run(each.nearMissPod(), each.nearMiss());
            }
            seen = containers.seen();
        }
        if (Boolean.getBoolean("kubeguardian.captures.record")) {
            Recording.write(capture, seen.values());
        }
        return seen;
    }
}
