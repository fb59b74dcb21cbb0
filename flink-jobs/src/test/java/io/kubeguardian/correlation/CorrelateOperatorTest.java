package io.kubeguardian.correlation;

import static io.kubeguardian.correlation.CorrelationTest.pattern;
import static io.kubeguardian.correlation.CorrelationTest.signal;
import static io.kubeguardian.correlation.CorrelationTest.sources;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleFile;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Signal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** State: what is written and read again, bounded, and goes; and patterns that come and go while it runs. */
class CorrelateOperatorTest {
    private static final List<PatternSource> OLD = sources(pattern("old", "temporal_ordered", "[a, b]", "5m", ""));
    private static final List<PatternSource> NEW = sources(pattern("new", "temporal_ordered", "[c, d]", "5m", ""));

    private static Signal of(String pod, String rule, long second) {
        Signal signal = signal(rule, second);
        signal.setId(pod + signal.getId());
        signal.setPod(PodRef.newBuilder(signal.getPod()).setUid(pod).build());
        return signal;
    }

    @Test
    void whatGoesFromTheHeapIntoStateAndBackIsTheSame() throws Exception {
        // Room for next to nothing: every entity is written and read again all the time
        try (CorrelationWorld world = new CorrelationWorld(OLD, null, 3)) {
            for (int pod = 0; pod < 50; pod++) {
                world.send(of("pod-" + pod, "a", pod));
            }
            world.time(60_000);
            for (int pod = 0; pod < 50; pod++) {
                world.send(of("pod-" + pod, "b", 61));
            }
            world.time(62_000);

            assertThat(world.incidents()).hasSize(50);
        }
    }

    @Test
    void aSnapshotBetweenTwoStepsAndWithASignalThatWaitsLosesNothing() throws Exception {
        CorrelationWorld.Snapshot snapshot;
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            world.send(signal("a", 0));
            world.time(1_000);
            world.send(signal("b", 2));
            snapshot = world.snapshot();
        }

        try (CorrelationWorld world = new CorrelationWorld(OLD, snapshot, Correlation.HOT_SIGNALS)) {
            world.time(3_000);
            assertThat(world.incidents()).hasSize(1);
            snapshot = world.snapshot();
        }

        // and one that is open goes on with its revisions
        try (CorrelationWorld world = new CorrelationWorld(OLD, snapshot, Correlation.HOT_SIGNALS)) {
            world.time(10_000_000);
            assertThat(world.told()).extracting(Incident::getRevision).containsExactly(2);
        }
    }

    @Test
    void aFloodOfAStorysBeginningDoesNotKeepOutItsEnd() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            for (int i = 0; i < 5_000; i++) {
                world.send(SignalExamples.rule("a", Priority.WARNING, i * 10));
            }
            world.send(SignalExamples.rule("b", Priority.WARNING, 50_001));
            world.time(60_000);

            assertThat(world.incidents()).hasSize(1);
        }
    }

    @Test
    void stateIsBoundedWhateverHappensAndGoesWithTime() throws Exception {
        EntityState entity = new EntityState();
        for (int i = 0; i < 20_000; i++) {
            KeptSignal signal = new KeptSignal(i * 100L, SignalExamples.rule("rule-" + i % 20, Priority.WARNING, i), null, 0);
            if (Keeping.isWorthIt(entity, signal, 60_000)) {
                Keeping.add(entity, signal);
            }
        }
        assertThat(entity.kept).hasSizeLessThanOrEqualTo(Keeping.MOST);
        assertThat(entity.tallies).hasSize(20);

        Keeping.expire(entity, Long.MAX_VALUE);
        assertThat(entity.kept).isEmpty();
        assertThat(entity.tallies).isEmpty();

        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            for (int i = 0; i < 500; i++) {
                world.send(of("pod-" + i % 100, "a", i));
            }
            world.time(500_000);
            assertThat(world.entities()).isEqualTo(100);
            assertThat(world.timers()).isLessThanOrEqualTo(100);

            world.time(900_000);
            assertThat(world.entities()).isZero();
            assertThat(world.timers()).isZero();
        }
    }

    @Test
    void newPatternsTakeEffectAndWhatWasWithdrawnGoes() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            world.send(signal("a", 0));
            world.time(1_000);

            RuleBundle bundle = PatternBundles.of(sources(
                    pattern("new", "temporal_ordered", "[c, d]", "5m", "").replace("k8s.pod.uid", "node")), "ada", 5,
                    List.of());
            world.publish(bundle);
            assertThat(world.status().getVerdict()).isEqualTo(RuleVerdict.ACCEPTED);
            assertThat(world.status().getDigest()).isEqualTo(bundle.getDigest());
            assertThat(world.entities()).isZero();
            world.send(signal("b", 2));
            world.send(signal("c", 3));
            world.send(signal("d", 4));
            world.time(10_000);

            assertThat(world.incidents()).extracting(Incident::getPattern).containsExactly("new");

            world.publish(RuleBundles.configured("ada", 6, List.of()));
            assertThat(world.status().getConfigured()).isTrue();
            world.send(signal("a", 20));
            world.send(signal("b", 21));
            world.time(30_000);
            assertThat(world.incidents()).extracting(Incident::getPattern).containsExactly("new", "old");
        }
    }

    @Test
    void whatDoesNotLoadChangesNothing() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            RuleBundle broken = PatternBundles.of(NEW, "ada", 5, List.of());
            broken.setFiles(List.of(new RuleFile("broken.yaml",
                    ByteBuffer.wrap("title: x\ncorrelation: {}\n".getBytes(StandardCharsets.UTF_8)))));

            world.publish(broken);

            assertThat(world.status().getVerdict()).isEqualTo(RuleVerdict.REJECTED);
            assertThat(world.status().getProblem()).startsWith("broken.yaml:2:").contains("lacks type");
            world.send(signal("a", 0));
            world.send(signal("b", 1));
            world.time(2_000);
            assertThat(world.incidents()).hasSize(1);
        }
    }

    @Test
    void aBundleThatIsNotWhatItCallsItselfIsRefused() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            RuleBundle other = PatternBundles.of(NEW, "ada", 5, List.of());
            other.setDigest("sha256:" + "0".repeat(64));

            world.publish(other);

            assertThat(world.status().getVerdict()).isEqualTo(RuleVerdict.REJECTED);
            assertThat(world.status().getProblem()).contains("calls itself");
        }
    }

    @Test
    void signalsThatANewerSetHasSentWaitForIt() throws Exception {
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            RuleBundle bundle = PatternBundles.of(NEW, "ada", 5, List.of());
            world.publishToRouteAlone(bundle);
            world.send(signal("c", 0));
            world.send(signal("d", 1));
            world.time(2_000);
            assertThat(world.incidents()).isEmpty();

            world.publishToTheOthers(bundle);
            world.time(3_000);

            assertThat(world.incidents()).hasSize(1);
        }
    }

    @Test
    void thePublishedBundleOutlivesARestart() throws Exception {
        CorrelationWorld.Snapshot snapshot;
        try (CorrelationWorld world = new CorrelationWorld(OLD)) {
            world.publish(PatternBundles.of(NEW, "ada", 5, List.of()));
            world.send(signal("c", 0));
            world.time(1_000);
            snapshot = world.snapshot();
        }

        try (CorrelationWorld world = new CorrelationWorld(OLD, snapshot, Correlation.HOT_SIGNALS)) {
            world.send(signal("d", 2));
            world.time(3_000);

            assertThat(world.incidents()).extracting(Incident::getPattern).containsExactly("new");
        }
    }
}
