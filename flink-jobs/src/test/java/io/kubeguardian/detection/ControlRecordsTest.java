package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlRecordsTest {
    private static final long NOW_MILLIS = 1_790_000_000_000L;

    private OneInputStreamOperatorTestHarness<RawRecord, RiskEvidence> control;

    @BeforeEach
    void open() throws Exception {
        control = ProcessFunctionTestHarnesses.forProcessFunction(new ControlRecords(DetectionClock.system()));
    }

    @AfterEach
    void close() throws Exception {
        control.close();
    }

    @Test
    void aPostureThatIsTakenBackIsOneWithoutFindings() throws Exception {
        tombstone(Topics.POSTURE, "prod/shop/Deployment/orders");

        assertThat(control.extractOutputValues()).singleElement().satisfies(evidence -> {
            assertThat(evidence.key).isEqualTo("prod/shop/Deployment/orders");
            assertThat(evidence.posture.getFindings()).isEmpty();
            assertThat(evidence.time).isEqualTo(NOW_MILLIS * 1_000_000);
        });
    }

    @Test
    void aTombstoneOfNoWorkloadIsADeadLetterAndOneOfAnAnswerIsNothing() throws Exception {
        tombstone(Topics.POSTURE, "prod/shop/orders");
        tombstone(Topics.APPROVALS, "decision-1");

        assertThat(control.extractOutputValues()).isEmpty();
        assertThat(control.getSideOutput(DeadLetters.TAG)).singleElement().satisfies(letter ->
                assertThat(letter.getValue().getReason()).contains("must be cluster/namespace/kind/name"));
    }

    private void tombstone(String topic, String key) throws Exception {
        control.processElement(new RawRecord(topic, 0, 0, NOW_MILLIS, key.getBytes(StandardCharsets.UTF_8), null), NOW_MILLIS);
    }
}
