package io.kubeguardian.cli.falco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.stack.SensorProbe;
import io.kubeguardian.rules.RuleSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Falco's stable rules over what the collector sees of real processes in real containers. With
 * {@code -Dkubeguardian.captures.record=true} what it saw becomes the capture of {@link StableRulesTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StableRulesIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path BUSYBOX = Path.of("/bin/busybox");

    private RuleSet rules;
    private Map<String, Recording> recordings;

    @BeforeAll
    void watchAllTriggers(@TempDir Path folder) throws Exception {
        rules = StableFile.require();
        SensorProbe probe = SensorProbe.run(new Home(PROJECT));
        String problem = !probe.works() ? probe.reason() : Files.exists(BUSYBOX) ? "" : BUSYBOX + " is missing";
        if (!problem.isEmpty()) {
            System.out.println("SKIPPED the live triggers: " + problem); // Surefire keeps the reason to itself
        }
        assumeTrue(problem.isEmpty(), "triggers cannot be watched here: " + problem);
        Path image = Files.createDirectory(folder.resolve("image"));
        TriggerImage.build(image, BUSYBOX, PROJECT.resolve("bpf/target/triggers"));
        try (WatchedContainers containers = WatchedContainers.start(PROJECT, image, folder)) {
            for (StableRule each : each()) {
                containers.run(each.triggerPod(), each.trigger());
                containers.run(each.nearMissPod(), each.nearMiss());
            }
            recordings = containers.seen();
        }
        if (Boolean.getBoolean("kubeguardian.captures.record")) {
            Recording.write(StableRulesTest.CAPTURE, recordings.values());
        }
    }

    static List<StableRule> each() {
        return StableRules.all();
    }

    @ParameterizedTest
    @MethodSource("each")
    void theTriggerMakesExactlyTheRuleFire(StableRule each) throws Exception {
        // Given
        Recording trigger = recordings.get(each.triggerPod());

        // When
        Set<String> hits = trigger.hits(rules);

        // Then
        assertThat(hits).as(() -> trigger.batches().toString()).containsExactly(each.rule());
    }

    @ParameterizedTest
    @MethodSource("each")
    void theNearMissMakesNoRuleFire(StableRule each) throws Exception {
        // Given
        Recording nearMiss = recordings.get(each.nearMissPod());
        assertThat(nearMiss.hits(each.closeness())).as(() -> nearMiss.batches().toString()).containsExactly("close");

        // When
        Set<String> hits = nearMiss.hits(rules);

        // Then
        assertThat(hits).as(() -> nearMiss.batches().toString()).isEmpty();
    }
}
