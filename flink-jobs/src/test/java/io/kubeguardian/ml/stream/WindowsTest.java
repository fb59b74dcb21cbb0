package io.kubeguardian.ml.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBatch;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsTest {
    private static final long START = 1_790_000_040_000L; // a multiple of a minute

    private final Batches batches = new Batches(1);

    @ParameterizedTest
    @ValueSource(classes = {WindowPart.class, WorkloadWindows.class, ScoreHistory.class, BatchUse.class})
    void whatTravelsAndLiesInStateNeedsNoKryo(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @Test
    void twoPartsGiveWhatOneWouldHaveGiven() {
        PartBuilder whole = new PartBuilder(START);
        PartBuilder first = new PartBuilder(START);
        PartBuilder second = new PartBuilder(START);
        EventBatch normal = batches.normal(START * 1_000_000);
        EventBatch attack = batches.attack(START * 1_000_000 + 1);
        whole.add(Batches.use(normal));
        whole.add(Batches.use(attack));
        first.add(Batches.use(normal));
        second.add(Batches.use(attack));

        Behaviour one = Windows.behaviour(List.of(whole.build()), 60);
        Behaviour two = Windows.behaviour(List.of(first.build(), second.build()), 60);

        assertThat(two.numbers()).isEqualTo(one.numbers());
        assertThat(two.calls()).isEqualTo(one.calls());
        assertThat(two.sequences().length).isEqualTo(one.sequences().length);
    }

    @Test
    void theNumbersAreRatesAMinuteAndPod() {
        PartBuilder part = new PartBuilder(START);
        part.add(Batches.use(batches.attack(START * 1_000_000)));

        Behaviour window = Windows.behaviour(List.of(part.build()), 30);

        assertThat(window.numbers().get("rate.exec")).isCloseTo(Math.log1p(80), within(1e-9));
        assertThat(window.numbers().get("rate.exec.upper")).isCloseTo(Math.log1p(80), within(1e-9));
        assertThat(window.numbers().get("rate.connect.failed")).isCloseTo(Math.log1p(80), within(1e-9));
        assertThat(window.numbers().get("distinct.destinations")).isCloseTo(Math.log1p(40), within(0.1));
        assertThat(window.calls()).containsEntry("ptrace", 900L);
    }

    @Test
    void sequencesAndNamesAreBounded() {
        PartBuilder part = new PartBuilder(START);
        for (int i = 0; i < 200; i++) {
            EventBatchBuilder batch = new EventBatchBuilder();
            for (int j = 0; j < 40; j++) {
                int process = batch.process(i, 1, i, "c".repeat(64), "p", 0, 0);
                batch.addExit(START * 1_000_000 + j, process, 0);
                batch.addFork(START * 1_000_000 + j, process, 1, 1, 1);
            }
            EventBatch built = batch.build();
            built.setCluster("prod");
            built.setNode("n");
            part.add(Batches.use(built));
        }

        WindowPart built = part.build();

        assertThat(built.tokens).hasSizeLessThanOrEqualTo(PartBuilder.MOST_TOKENS);
        assertThat(built.processes).hasSizeLessThanOrEqualTo(PartBuilder.MOST_PROCESSES);
        assertThat(built.tokensDropped).isPositive();
    }

    @Test
    void namesOfCallsAreCut() {
        EventBatch batch = batches.normal(START * 1_000_000);
        batch.getStrings().replaceAll(text -> text.equals("read") ? "r".repeat(100_000) : text);
        PartBuilder part = new PartBuilder(START);
        part.add(Batches.use(batch));

        assertThat(part.build().calls).allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(PartBuilder.MOST_NAME));
    }

    @Test
    void whatIsHeldIsHandedOnBeforeABarrierAndAtTheEndOfAWindow() throws Exception {
        try (OneInputStreamOperatorTestHarness<BatchUse, WindowPart> harness =
                new OneInputStreamOperatorTestHarness<>(new WindowParts(60))) {
            harness.open();
            harness.processElement(new StreamRecord<>(Batches.use(batches.normal(START * 1_000_000)), START));
            harness.processElement(new StreamRecord<>(Batches.use(batches.normal(START * 1_000_000)), START));
            assertThat(harness.extractOutputValues()).isEmpty();

            harness.prepareSnapshotPreBarrier(1);
            assertThat(harness.extractOutputValues()).hasSize(1);

            harness.processElement(new StreamRecord<>(Batches.use(batches.normal(START * 1_000_000)), START));
            harness.processWatermark(new Watermark(START + 59_999));
            assertThat(harness.extractOutputValues()).hasSize(1);
            harness.processWatermark(new Watermark(START + 60_000));
            assertThat(harness.extractOutputValues()).hasSize(2);
        }
    }

    @Test
    void countingDifferentThingsIsRightWithinSomePercent() {
        long[] bitmap = new long[DistinctCount.WORDS];
        for (int i = 0; i < 500; i++) {
            DistinctCount.add(bitmap, ("thing-" + i).hashCode());
            DistinctCount.add(bitmap, ("thing-" + i).hashCode());
        }

        assertThat(DistinctCount.count(bitmap)).isCloseTo(500, within(50.0));
    }
}
