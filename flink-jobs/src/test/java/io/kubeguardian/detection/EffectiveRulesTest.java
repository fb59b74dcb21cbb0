package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules change beside the stream: whole or not at all, and nothing else with them. */
class EffectiveRulesTest {
    private static final RuleBundle CAT = RuleBundleExamples.about("cat ran", "/bin/cat", 1);
    private static final RuleBundle DOG = RuleBundleExamples.about("dog ran", "/bin/dog", 2);

    private final Story story = new Story(1_790_000_000_000L);
    private long time = story.start;
    private int pid = 300;
    private DetectHarness operator;

    @BeforeEach
    void open() throws Exception {
        operator = harness(null);
        PodMetadata pod = story.pod();
        operator.processElement(new RawRecord(Topics.PODS, 0, 0, story.start / Story.MILLI, Keys.bytes(pod.getUid()),
                AvroCodec.of(PodMetadata.class).encode(pod)), story.start / Story.MILLI);
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void untilAFirstBundleComesTheConfiguredRulesJudge() throws Exception {
        run("/tmp/x");

        operator.update(new RuleUpdate());

        assertThat(rules()).containsExactly(StoryDetectors.DROPPED);
        assertThat(lastStatus().getConfigured()).isTrue();
        assertThat(lastStatus().getVerdict()).isEqualTo(RuleVerdict.ACCEPTED);
        assertThat(lastStatus().getRequestedTime()).isZero();
    }

    @Test
    void aBundleJudgesFromItsAcknowledgementOn() throws Exception {
        run("/bin/cat");
        publish(CAT);

        run("/bin/cat");
        run("/tmp/x");

        assertThat(rules()).containsExactly("cat ran");
        RuleStatus status = lastStatus();
        assertThat(status.getVerdict()).isEqualTo(RuleVerdict.ACCEPTED);
        assertThat(status.getDigest()).isEqualTo(CAT.getDigest()).isEqualTo(status.getRequestedDigest());
        assertThat(status.getRules()).isEqualTo(1);
        assertThat(status.getConfigured()).isFalse();
        assertThat(status.getParallelism()).isEqualTo(1);
    }

    @Test
    void aBundleThatDoesNotLoadIsRefusedWithItsProblemAndTheOldOneGoesOn() throws Exception {
        publish(CAT);
        publish(RuleBundleExamples.broken(3));

        run("/bin/cat");

        assertThat(rules()).containsExactly("cat ran");
        RuleStatus status = lastStatus();
        assertThat(status.getVerdict()).isEqualTo(RuleVerdict.REJECTED);
        assertThat(status.getProblem()).startsWith("broken.yaml:3:").contains("unknown field proc.nonsense");
        assertThat(status.getDigest()).isEqualTo(CAT.getDigest());
    }

    @Test
    void filesThatAreNotThoseOfTheDigestAreRefused() throws Exception {
        RuleBundle forged = RuleBundle.newBuilder(DOG).setDigest("sha256:" + "0".repeat(64)).build();

        publish(forged);

        assertThat(lastStatus().getVerdict()).isEqualTo(RuleVerdict.REJECTED);
        assertThat(lastStatus().getProblem()).contains("calls itself sha256:000");
    }

    @Test
    void theNewestOfSeveralWins() throws Exception {
        operator.update(new RuleUpdate(CAT));
        operator.update(new RuleUpdate(RuleBundleExamples.broken(3)));

        publish(DOG);
        run("/bin/cat");
        run("/bin/dog");

        assertThat(rules()).containsExactly("dog ran");
    }

    @Test
    void theEmptyDigestStandsForTheConfiguredRules() throws Exception {
        publish(CAT);
        publish(RuleBundles.configured("test", 4, List.of()));

        run("/bin/cat");
        run("/tmp/x");

        assertThat(rules()).containsExactly(StoryDetectors.DROPPED);
        assertThat(lastStatus().getConfigured()).isTrue();
    }

    @Test
    void theBundleOfARestoredJobJudgesFromTheFirstEventOn() throws Exception {
        publish(CAT);
        restart();

        run("/bin/cat");
        run("/tmp/x");
        operator.update(new RuleUpdate());

        assertThat(rules()).containsExactly("cat ran");
        assertThat(lastStatus().getDigest()).isEqualTo(CAT.getDigest());
    }

    @Test
    void aBundleThatWasBeingCompiledWhenTheJobStoppedIsNotForgotten() throws Exception {
        operator.update(new RuleUpdate(CAT));
        restart();

        run("/bin/cat");

        assertThat(rules()).containsExactly("cat ran");
    }

    @Test
    void aRefusedBundleIsStillRefusedAfterARestart() throws Exception {
        publish(CAT);
        publish(RuleBundleExamples.broken(3));
        restart();

        run("/bin/cat");
        operator.update(new RuleUpdate());

        assertThat(rules()).containsExactly("cat ran");
        assertThat(lastStatus().getVerdict()).isEqualTo(RuleVerdict.REJECTED);
        assertThat(lastStatus().getRequestedTime()).isEqualTo(3);
    }

    @Test
    void theProcessTreeSurvivesAChange() throws Exception {
        EventBatchBuilder parent = new EventBatchBuilder();
        parent.addExec(time, Story.server(parent), 1, 1L, "/srv/orders", List.of("orders"), "/srv", 0);
        batch(parent);
        publish(CAT);

        EventBatchBuilder child = new EventBatchBuilder();
        child.addExec(time, Story.process(child, 200, 9_000L, "cat"), 100, Story.SERVER_START, "/bin/cat",
                List.of("cat"), "/", 0);
        batch(child);

        assertThat(operator.extractOutputValues().get(0).getAncestors()).extracting(p -> p.getExe())
                .containsExactly("/srv/orders");
    }

    @Test
    void hitsAndEvaluationsAreReported() throws Exception {
        publish(CAT);
        run("/bin/cat");
        run("/bin/dog");

        operator.setProcessingTime(BundleReports.EVERY_MILLIS + 1);
        operator.update(new RuleUpdate());

        assertThat(lastStatus().getEvents()).isEqualTo(2);
        assertThat(lastStatus().getCosts()).singleElement().satisfies(cost -> {
            assertThat(cost.getRule()).isEqualTo("cat ran");
            assertThat(cost.getHits()).isEqualTo(1);
            assertThat(cost.getEvaluations()).isEqualTo(2);
        });
    }

    /** Until the subtask has decided about it. */
    private void publish(RuleBundle bundle) throws Exception {
        operator.update(new RuleUpdate(bundle));
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (lastStatus().getVerdict() == RuleVerdict.PENDING && System.nanoTime() < end) {
            Thread.sleep(5);
            operator.update(new RuleUpdate());
        }
        assertThat(lastStatus().getRequestedTime()).isEqualTo(bundle.getIssuedTime());
    }

    private void restart() throws Exception {
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = harness(snapshot);
    }

    private static DetectHarness harness(OperatorSubtaskState state) throws Exception {
        return DetectHarness.open(
                new DetectFunction(Story.settings(), new StoryDetectors(), DetectionClock.system(), false),
                new EmbeddedRocksDBStateBackend(), state);
    }

    /** A new process runs a program. */
    private void run(String exe) throws Exception {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addExec(time, Story.process(builder, pid, pid, "x"), 1, 1L, exe, List.of(exe), "/", 0);
        pid++;
        batch(builder);
    }

    private void batch(EventBatchBuilder builder) throws Exception {
        EventBatch batch = story.finish(builder);
        time += Story.MILLI;
        operator.processElement(new RawRecord(Topics.EVENTS, 0, 0, time / Story.MILLI, Keys.bytes(Keys.events(batch)),
                AvroCodec.of(EventBatch.class).encode(batch)), time / Story.MILLI);
    }

    private List<String> rules() {
        return operator.extractOutputValues().stream().map(Signal::getRule).toList();
    }

    private RuleStatus lastStatus() {
        return operator.getSideOutput(DetectFunction.RULE_STATUS).stream().reduce((a, b) -> b).orElseThrow().getValue();
    }
}
