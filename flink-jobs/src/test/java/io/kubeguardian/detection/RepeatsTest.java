package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is held back is counted, and told. */
class RepeatsTest {
    private static final String BY_FILE = "[kg_dedup:fd.name, \"kg_dedup_seconds:60\"]";

    private final Story story = new Story(1_790_000_000_000L);
    private String tags = "[]";
    private DetectHarness operator;

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void aDeclaredKeyTakesTheHitsOfManyProcessesForOne() throws Exception {
        open(BY_FILE);

        read(0, 201, "/secret/a");
        read(10, 202, "/secret/a");
        read(20, 203, "/secret/b");
        read(59_000, 204, "/secret/a");

        assertThat(hits()).extracting(Signal::getOutput).containsExactly("read /secret/a", "read /secret/b");
    }

    @Test
    void whatWasHeldBackIsToldWhenTheTimeIsOverIfNothingFollows() throws Exception {
        open(BY_FILE);
        read(0, 201, "/secret/a");
        read(10, 202, "/secret/a");
        read(20, 203, "/secret/a");

        watermark(59_999);
        assertThat(held()).isEmpty();
        watermark(60_001);

        Signal told = held().get(0);
        assertThat(held()).hasSize(1);
        assertThat(told.getRule()).isEqualTo("held.repeats");
        assertThat(told.getOutputFields()).containsEntry("kubeguardian.repeats", "2")
                .containsEntry("kubeguardian.rule", "secret").containsEntry("kubeguardian.repeats_of", hits().get(0).getId());
        assertThat(told.getPod().getName()).isEqualTo("orders-1");
        assertThat(told.getContainerId()).isEqualTo(Story.CONTAINER);
        assertThat(told.getCompleteness().getComplete()).isTrue();
    }

    @Test
    void whatTheNextSignalTellsIsNotToldAgain() throws Exception {
        open(BY_FILE);
        read(0, 201, "/secret/a");
        read(10, 202, "/secret/a");
        read(61_000, 203, "/secret/a");

        watermark(200_000);

        assertThat(hits()).hasSize(2);
        assertThat(hits().get(1).getOutputFields()).containsEntry("kubeguardian.repeats", "1");
        assertThat(held()).isEmpty();
    }

    @Test
    void withoutADeclaredKeyTheProcessIsIt() throws Exception {
        open("[]");

        read(0, 201, "/secret/a");
        read(10, 201, "/secret/b");
        read(20, 202, "/secret/a");
        watermark(6_000);

        assertThat(hits()).hasSize(2);
        assertThat(held()).extracting(s -> s.getOutputFields().get("kubeguardian.repeats")).containsExactly("1");
    }

    @Test
    void whatWasHeldBackSurvivesARestart() throws Exception {
        open(BY_FILE);
        read(0, 201, "/secret/a");
        read(10, 202, "/secret/a");
        OperatorSubtaskState snapshot = operator.snapshot(1, 1);
        operator.close();
        operator = harness(snapshot);

        watermark(61_000);

        assertThat(held()).hasSize(1);
    }

    @Test
    void aDeletedPodsRepeatsAreToldBeforeItsStateGoes() throws Exception {
        open("[kg_dedup:fd.name, \"kg_dedup_seconds:3600\"]");
        read(0, 201, "/secret/a");
        read(10, 202, "/secret/a");

        record(Topics.PODS, Story.POD_UID, null, 20);
        watermark(20 + PodHousekeeping.DELETE_GRACE_MILLIS + 1);

        assertThat(held()).hasSize(1);
    }

    @Test
    void moreKeysThanTheGuardHoldsAreSignalsTooMany() throws Exception {
        open(BY_FILE);

        for (int i = 0; i < RepeatGuard.LIMIT + 2; i++) {
            read(i, 201, "/secret/" + i + "x".repeat(400));
        }
        read(2_000, 201, "/secret/0" + "x".repeat(400));

        assertThat(hits()).hasSize(RepeatGuard.LIMIT + 3);
    }

    private void open(String ruleTags) throws Exception {
        tags = ruleTags;
        operator = harness(null);
        PodMetadata pod = story.pod();
        record(Topics.PODS, pod.getUid(), AvroCodec.of(PodMetadata.class).encode(pod), 0);
    }

    private DetectHarness harness(OperatorSubtaskState state) throws Exception {
        String rule = """
                - rule: secret
                  desc: d
                  condition: evt.type = open and fd.name startswith /secret/
                  output: read %%fd.name
                  priority: WARNING
                  tags: %s
                """.formatted(tags);
        RuleSet rules = RuleSet.load(List.of(new RuleSource("r.yaml", rule.getBytes(StandardCharsets.UTF_8))));
        return DetectHarness.open(new DetectFunction(
                Story.settings(), () -> new RuleDetector(rules), DetectionClock.system(), false),
                new EmbeddedRocksDBStateBackend(), state);
    }

    private void read(long millis, int pid, String path) throws Exception {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addOpen(story.start + millis * Story.MILLI, Story.process(builder, pid, pid, "cat"), path, 0, 0, 3, 0);
        EventBatch batch = story.finish(builder);
        record(Topics.EVENTS, Keys.events(batch), AvroCodec.of(EventBatch.class).encode(batch), millis);
    }

    private void record(String topic, String key, byte[] value, long millis) throws Exception {
        long time = story.start / Story.MILLI + millis;
        operator.processElement(new RawRecord(topic, 0, 0, time, Keys.bytes(key), value), time);
    }

    private void watermark(long millis) throws Exception {
        operator.processWatermark(story.start / Story.MILLI + millis);
    }

    private List<Signal> hits() {
        return operator.extractOutputValues().stream().filter(s -> s.getKind() == SignalKind.RULE).toList();
    }

    private List<Signal> held() {
        return operator.extractOutputValues().stream().filter(s -> s.getKind() == SignalKind.HELD).toList();
    }
}
