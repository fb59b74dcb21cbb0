package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.alerts.OcsfAlerts;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectFunctionTest {
    private final Story story = new Story(1_790_000_000_000L);
    private DetectHarness operator;

    @BeforeEach
    void open() throws Exception {
        operator = harness(null);
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void theProcessTreeSurvivesARestart() throws Exception {
        // Given a server that was seen starting, and a job that is restarted
        pod(story.pod());
        batches(story.normal());
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = harness(snapshot);

        // When it spawns a shell
        batches(story.attack());

        // Then the rule that needs the parent hits, with the lineage
        assertThat(signals()).extracting(Signal::getRule)
                .containsExactly(StoryDetectors.SHELL, StoryDetectors.TOKEN, StoryDetectors.DROPPED);
        assertThat(signals().get(1).getAncestors()).extracting(p -> p.getExe())
                .containsExactly("/bin/sh", "/srv/orders");
    }

    @Test
    void whatCameAfterTheCheckpointIsTakenAgainAfterAFailure() throws Exception {
        pod(story.pod());
        batches(story.normal());
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        List<EventBatch> attack = story.attack();
        batches(attack);
        List<String> first = signals().stream().map(Signal::getId).toList();
        operator.close();

        operator = harness(snapshot);
        batches(attack);

        assertThat(first).isNotEmpty();
        assertThat(signals()).extracting(Signal::getId).isEqualTo(first);
    }

    @Test
    void podsThatWerePutAwayAreAsTheyWereLeft() throws Exception {
        // Given room for two or three pods in memory
        operator.close();
        operator = DetectHarness.open(new DetectFunction(Story.settings(200, 16), new StoryDetectors(),
                DetectionClock.system(), false), new HashMapStateBackend(), null);
        pod(story.pod());
        batches(story.normal());

        // When others come meanwhile
        for (int i = 0; i < 8; i++) {
            List<EventBatch> others = new Story(1_790_000_000_000L).normal();
            String uid = "other-" + i;
            others.forEach(batch -> batch.setPodUid(uid));
            PodMetadata other = story.pod();
            other.setUid(uid);
            pod(other);
            batches(others);
        }
        assertThat(operator.numKeyedStateEntries()).as("more than nine pods' metadata").isGreaterThan(18);
        batches(story.attack());

        // Then the first one's server is still known
        assertThat(signals()).extracting(Signal::getRule)
                .containsExactly(StoryDetectors.SHELL, StoryDetectors.TOKEN, StoryDetectors.DROPPED);
        assertThat(signals().get(1).getAncestors()).extracting(p -> p.getExe())
                .containsExactly("/bin/sh", "/srv/orders");
    }

    @Test
    void theSameBatchesGiveTheSameIds() throws Exception {
        pod(story.pod());
        batches(story.normal());
        batches(story.attack());
        List<String> first = signals().stream().map(Signal::getId).toList();

        operator.close();
        operator = harness(null);
        Story again = new Story(1_790_000_000_000L);
        pod(again.pod());
        batches(again.normal());
        batches(again.attack());

        assertThat(signals()).extracting(Signal::getId).isEqualTo(first).doesNotHaveDuplicates();
    }

    @Test
    void aRepeatedBatchIsDroppedAndCounted() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        List<EventBatch> attack = story.attack();
        batches(normal);
        batches(attack);

        batches(attack);

        assertThat(signals()).hasSize(3);
    }

    @Test
    void anythingMalformedGoesAsideAndNothingStops() throws Exception {
        // Given hostile records
        EventBatch wrongKey = story.normal().get(0);
        EventBatch wrongIndex = story.normal().get(0);
        wrongIndex.getProcesses().get(0).setComm(99);
        EventBatch negative = story.normal().get(0);
        negative.setPodSequence(-1);

        // When they come
        raw(Topics.EVENTS, Story.POD_UID, "junk".getBytes(StandardCharsets.UTF_8));
        raw(Topics.EVENTS, Story.POD_UID, null);
        raw(Topics.EVENTS, "another-pod", AvroCodec.of(EventBatch.class).encode(wrongKey));
        raw(Topics.EVENTS, Story.POD_UID, AvroCodec.of(EventBatch.class).encode(wrongIndex));
        raw(Topics.EVENTS, Story.POD_UID, AvroCodec.of(EventBatch.class).encode(negative));
        raw(Topics.PODS, Story.POD_UID, new byte[70_000]);
        raw(Topics.PODS, "another-pod", AvroCodec.of(PodMetadata.class).encode(story.pod()));

        // Then each is aside with its reason, and good ones go on
        List<DeadLetter> letters = operator.getSideOutput(DeadLetters.TAG).stream().map(r -> r.getValue()).toList();
        assertThat(letters).hasSize(7);
        assertThat(letters.get(2).getReason()).contains("another-pod").contains(Story.POD_UID);
        assertThat(letters.get(3).getReason()).contains("process.comm is 99");
        assertThat(letters.get(5).getTruncated()).isTrue();
        assertThat(letters.get(5).getPayload().remaining()).isEqualTo(64 << 10);
        Story good = new Story(1_790_000_000_000L);
        pod(good.pod());
        batches(good.normal());
        batches(good.attack());
        assertThat(signals()).hasSize(3);
    }

    @Test
    void eventsWaitForMetadataThatComesInTime() throws Exception {
        batches(story.normal());
        batches(story.attack());
        assertThat(signals()).isEmpty();

        pod(story.pod());

        assertThat(signals()).hasSize(3).allSatisfy(s -> {
            assertThat(s.getPod().getResolved()).isTrue();
            assertThat(s.getWorkload().getName()).isEqualTo("orders");
        });
    }

    @Test
    void eventsGoOnUnresolvedWhenMetadataDoesNotComeInTime() throws Exception {
        batches(story.normal());
        batches(story.attack());

        operator.setProcessingTime(Story.settings().metadataWaitMillis() + 1L);

        assertThat(signals()).hasSize(3).allSatisfy(s -> {
            assertThat(s.getPod().getResolved()).isFalse();
            assertThat(s.getPod().getUid()).isEqualTo(Story.POD_UID);
        });
    }

    @Test
    void aRuleSpeaksOnceAboutAProcessWithinSecondsAndThenTellsHowOften() throws Exception {
        pod(story.pod());
        EventBatchBuilder batch = new EventBatchBuilder();
        for (long millis : new long[] {0, 10, 20, 6000}) {
            batch.addOpen(story.start + millis * Story.MILLI, Story.process(batch, 201, 9L, "cat"),
                    "/run/serviceaccount/token", 0, 0, 3, 0);
        }

        batches(List.of(story.finish(batch)));

        assertThat(signals()).hasSize(2);
        assertThat(signals().get(1).getOutputFields()).containsEntry("kubeguardian.repeats", "2");
    }

    @Test
    void missingBatchesAreASignalAndMarkWhatFollows() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        batches(List.of(normal.get(0), normal.get(3)));

        operator.processWatermark(normal.get(3).getBaseTime() / 1_000_000 + 201);
        batches(story.attack());

        Signal gap = signals().get(0);
        assertThat(gap.getRule()).isEqualTo("gap.missing");
        assertThat(gap.getKind()).isEqualTo(SignalKind.GAP);
        assertThat(gap.getCompleteness().getMissingBatches()).isEqualTo(2);
        assertThat(gap.getPod().getName()).isEqualTo("orders-1");
        assertThat(signals().get(1).getCompleteness().getComplete()).isFalse();
    }

    @Test
    void twoGapsAreTwoSignalsEvenIfTheFirstWasFilledLate() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        batches(List.of(normal.get(0), normal.get(2)));
        operator.processWatermark(normal.get(2).getBaseTime() / 1_000_000 + 201);
        batches(List.of(normal.get(1)));

        batches(List.of(normal.get(4)));
        operator.processWatermark(normal.get(4).getBaseTime() / 1_000_000 + 201);

        assertThat(signals()).extracting(Signal::getRule).containsExactly("gap.missing", "gap.missing");
        assertThat(signals()).extracting(Signal::getId).doesNotHaveDuplicates();
    }

    @Test
    void eventsThatTheNodeLostAreOneSignalOfTheNodeAndMarkWhatFollows() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        EventBatch start = ofNode(normal.get(0), 0);
        EventBatch lossy = ofNode(normal.get(1), 1);
        List.of(normal.get(1), lossy)
                .forEach(batch -> batch.getLosses().add(new Loss(EventClass.BULK, LossCause.RING_FULL, 12L)));

        batches(List.of(start, normal.get(0), normal.get(1), lossy));

        assertThat(signals()).hasSize(1);
        assertThat(signals().get(0).getRule()).isEqualTo("gap.lost");
        assertThat(signals().get(0).getWorkload().getKind()).isEqualTo("Node");
        assertThat(signals().get(0).getCompleteness().getLostEvents()).isEqualTo(12);
    }

    @Test
    void aNodeWhoseWordComesLongAfterItsTimeIsASignal() throws Exception {
        EventBatch first = story.normal().get(0);
        batches(List.of(ofNode(first, 0)));
        operator.processWatermark(first.getBaseTime() / 1_000_000 + 60_000);
        EventBatch late = ofNode(first, 1);
        late.setBaseTime(first.getBaseTime() + 1_000_000_000L);
        EventBatch again = ofNode(first, 2);
        again.setBaseTime(first.getBaseTime() + 2_000_000_000L);

        batches(List.of(late, again));

        assertThat(signals()).extracting(Signal::getRule).containsExactly("gap.clock");
        assertThat(signals().get(0).getOutput()).contains("its clock is behind, or it was cut off from Kafka");
    }

    /** As the collector tells the node's losses: without events, of no pod. */
    private static EventBatch ofNode(EventBatch like, long sequence) {
        EventBatch batch = EventBatchBuilder.empty(like.getBaseTime());
        batch.setCluster(like.getCluster());
        batch.setNode(like.getNode());
        batch.setBootId(like.getBootId());
        batch.setEpoch(like.getEpoch());
        batch.setPodSequence(sequence);
        return batch;
    }

    @Test
    void aCollectorThatCrashedIsASignalAndOneThatWasReplacedIsNone() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        EventBatch afterReplacement = normal.get(1);
        afterReplacement.setUnwatchedMillis(2_000);
        EventBatch afterCrash = EventBatch.newBuilder(normal.get(2)).setEpoch(normal.get(0).getEpoch() + 1)
                .setPreviousEpoch(normal.get(0).getEpoch()).setPodSequence(0).build();

        batches(List.of(normal.get(0), afterReplacement, afterCrash));

        assertThat(signals()).extracting(Signal::getRule).containsExactly("gap.crash");
        assertThat(signals().get(0).getCompleteness().getComplete()).isFalse();
    }

    @Test
    void aNodeThatNobodyWatchedForLongIsASignal() throws Exception {
        pod(story.pod());
        List<EventBatch> normal = story.normal();
        normal.get(1).setUnwatchedMillis(GapSignals.UNWATCHED_MILLIS);

        batches(normal.subList(0, 2));

        assertThat(signals()).extracting(Signal::getRule).containsExactly("gap.unwatched");
        assertThat(signals().get(0).getOutput()).contains("for 60 s");
    }

    @Test
    void theStateOfADeletedPodGoesAfterItsGrace() throws Exception {
        // Given a pod with state (on the heap: RocksDB's harness cannot count)
        operator.close();
        operator = harness(new HashMapStateBackend(), new StoryDetectors(), null);
        pod(story.pod());
        batches(story.normal());
        assertThat(operator.numKeyedStateEntries()).isPositive();

        // When it is deleted, and the grace for late events passes
        raw(Topics.PODS, Story.POD_UID, null);
        operator.processWatermark(story.start / Story.MILLI + 120_000 + PodHousekeeping.DELETE_GRACE_MILLIS + 1);

        // Then nothing is kept
        assertThat(operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void aRuleThatFailsOnAnEventDoesNotStopTheJob() throws Exception {
        operator.close();
        operator = harness(new HashMapStateBackend(), () -> {
            Detector real = new StoryDetectors().create();
            return (event, hits) -> {
                if (event.path().equals("/srv/config")) {
                    throw new IllegalArgumentException("a bug in a rule");
                }
                real.evaluate(event, hits);
            };
        }, null);

        pod(story.pod());
        batches(story.normal());
        batches(story.attack());

        assertThat(signals()).hasSize(3);
    }

    @Test
    void eachBehaviourIsObservedOnceHoweverOftenItHappens() throws Exception {
        pod(story.pod());

        batches(story.normal());

        List<String> observed = operator.getSideOutput(DetectFunction.OBSERVATIONS).stream()
                .flatMap(r -> r.getValue().items.stream()).map(item -> item.kind + ' ' + item.item).toList();
        assertThat(observed).containsOnlyOnce("exec /srv/orders");
        // Five connections in two minutes: told again only after a minute of silence.
        assertThat(observed.stream().filter("connect 10.0.0.5:5432"::equals)).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void hostileCommandLinesDoNotMakeSignalsThatKafkaRefuses() throws Exception {
        // Given a line of processes, each with as many arguments as the sensor reads, and rules that show them all
        operator.close();
        operator = harness(new EmbeddedRocksDBStateBackend(), new RuleDetectorFactory(List.of()), null);
        pod(story.pod());
        String hostile = "\u0001".repeat(4096);
        EventBatchBuilder batch = new EventBatchBuilder();
        for (int i = 0; i < 12; i++) {
            int process = Story.process(batch, 200 + i, 9_000L + i, i % 2 == 0 ? "server" : "sh");
            batch.addExec(story.start + i, process, 199 + i, 8_999L + i, "/bin/x", List.of("x", hostile), "/", 0);
        }

        // When they run
        batches(List.of(story.finish(batch)));

        // Then four of their signals together, as JSON or as Avro, stay below Kafka's limit
        assertThat(signals()).hasSizeGreaterThan(3);
        assertThat(signals()).allSatisfy(signal -> {
            assertThat(AvroCodec.of(Signal.class).encode(signal)).hasSizeLessThan(250_000);
            assertThat(OcsfAlerts.of(signal).json).hasSizeLessThan(250_000);
        });
        Signal last = signals().get(signals().size() - 1);
        assertThat(last.getProcess().getArgs().get(1)).endsWith("…");
        assertThat(last.getAncestors()).hasSize(8);
    }

    @Test
    void theSameDestinationIsObservedOfEachProgram() throws Exception {
        pod(story.pod());
        EventBatchBuilder batch = new EventBatchBuilder();
        for (String exe : List.of("/usr/bin/curl", "/tmp/x")) {
            int process = Story.process(batch, 100 + exe.length(), exe.length(), "x");
            batch.addExec(story.start, process, 1, 1L, exe, List.of(exe), "/", 0);
            batch.addConnect(story.start + 1, process, 2, "203.0.113.9", 443, 0, 0);
        }

        batches(List.of(story.finish(batch)));

        Observation observation = operator.getSideOutput(DetectFunction.OBSERVATIONS).element().getValue();
        assertThat(observation.items).filteredOn(item -> item.kind.equals("exec") || item.kind.equals("connect"))
                .extracting(item -> item.kind + ' ' + observation.processes.get(item.process).process.getExe())
                .containsExactly("exec /usr/bin/curl", "exec /tmp/x", "connect /usr/bin/curl", "connect /tmp/x");
    }

    private DetectHarness harness(OperatorSubtaskState state)
            throws Exception {
        return harness(new EmbeddedRocksDBStateBackend(), new StoryDetectors(), state);
    }

    private static DetectHarness harness(
            StateBackend backend, DetectorFactory detectors, OperatorSubtaskState state) throws Exception {
        return DetectHarness.open(new DetectFunction(Story.settings(), detectors, DetectionClock.system(), false),
                backend, state);
    }

    private void pod(PodMetadata pod) throws Exception {
        raw(Topics.PODS, pod.getUid(), AvroCodec.of(PodMetadata.class).encode(pod));
    }

    private void batches(List<EventBatch> batches) throws Exception {
        for (EventBatch batch : batches) {
            long time = batch.getBaseTime() / 1_000_000;
            operator.processElement(new RawRecord(Topics.EVENTS, 0, 0, time, Keys.bytes(Keys.events(batch)),
                    AvroCodec.of(EventBatch.class).encode(batch)), time);
        }
    }

    private void raw(String topic, String key, byte[] value) throws Exception {
        long time = story.start / 1_000_000;
        operator.processElement(new RawRecord(topic, 0, 0, time, Keys.bytes(key), value), time);
    }

    private List<Signal> signals() {
        return new ArrayList<>(operator.extractOutputValues());
    }
}
