package io.kubeguardian.collector.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.LossCause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodBatchesTest {
    private static final Origin ORIGIN = new Origin("cluster", "node", "boot", 42);
    private static final long LONG = 3_600_000_000_000L;

    private final LossCounters losses = new LossCounters();
    private final List<EventBatch> sent = new ArrayList<>();

    @Test
    void batchesAreNumberedPerNodeAndPerPod() {
        PodBatches batches = batches(1, LONG);

        add(batches, "a");
        add(batches, "b");
        add(batches, "a");

        assertThat(sent).extracting(EventBatch::getPodUid, EventBatch::getNodeSequence, EventBatch::getPodSequence)
                .containsExactly(tuple("a", 0L, 0L), tuple("b", 1L, 0L), tuple("a", 2L, 1L));
        assertThat(sent).allSatisfy(b -> {
            assertThat(b.getNode()).isEqualTo("node");
            assertThat(b.getBootId()).isEqualTo("boot");
            assertThat(b.getEpoch()).isEqualTo(42);
        });
    }

    @Test
    void aBatchIsClosedWhenItIsOldEnoughAndNotBefore() {
        PodBatches batches = batches(100, LONG);
        add(batches, "a");
        add(batches, "a");
        batches.flushDue(System.nanoTime());
        assertThat(sent).isEmpty();

        batches.flushDue(System.nanoTime() + LONG);

        assertThat(sent).singleElement().satisfies(b -> assertThat(b.getExits()).hasSize(2));
    }

    @Test
    void lossesAreToldOnceForTheNodeAtTheStartAndWhenTheyGrow() {
        PodBatches batches = batches(100, LONG);
        batches.tellLosses(0, 7);
        batches.tellLosses(20_000_000_000L, 8);
        losses.add(EventClass.BULK, LossCause.RING_FULL, 3);
        losses.add(EventClass.PRECIOUS, LossCause.RING_FULL, 1);

        batches.tellLosses(21_000_000_000L, 9);
        batches.tellLosses(22_000_000_000L, 10);

        assertThat(sent).extracting(EventBatch::getPodUid, EventBatch::getBaseTime, EventBatch::getPodSequence)
                .containsExactly(tuple("", 7L, 0L), tuple("", 9L, 1L));
        assertThat(sent.get(1).getLosses()).extracting(Loss::getCount).containsExactlyInAnyOrder(3L, 1L);
    }

    @Test
    void aBatchIsClosedBeforeItIsTooLargeForKafka() {
        PodBatches batches = batches(1000, LONG);

        for (int i = 0; i < 17; i++) {
            OpenBatch open = batches.open("a");
            open.builder().addExit(1, open.builder().process(1, 1, 1, "", "x", 0, 0), 0);
            batches.added(open, EventClass.BULK, 16 * 1024);
        }

        assertThat(sent).singleElement().satisfies(b -> assertThat(b.getExits()).hasSize(16));
    }

    @Test
    void everyBatchTellsWhatWasLostSoFar() {
        PodBatches batches = batches(1, LONG);
        add(batches, "a");
        losses.set(EventClass.BULK, LossCause.RING_FULL, 7L);
        losses.add(EventClass.PRECIOUS, LossCause.QUEUE_FULL, 1);
        losses.add(EventClass.PRECIOUS, LossCause.QUEUE_FULL, 2);

        add(batches, "a");

        assertThat(sent.get(0).getLosses()).isEmpty();
        assertThat(sent.get(1).getLosses()).containsExactlyInAnyOrder(
                new Loss(EventClass.BULK, LossCause.RING_FULL, 7L),
                new Loss(EventClass.PRECIOUS, LossCause.QUEUE_FULL, 3L));
    }

    @Test
    void aPodThatWasForgottenGoesOnAboveItsNumbers() {
        PodBatches batches = batches(1, LONG);
        for (int i = 0; i < 3; i++) {
            add(batches, "silent");
        }
        for (int i = 0; i < Numbers.MOST_PODS; i++) {
            add(batches, "pod" + i);
        }
        sent.clear();

        add(batches, "silent");
        add(batches, "pod" + (Numbers.MOST_PODS - 1));

        assertThat(sent).extracting(EventBatch::getPodSequence).containsExactly(3L, 1L);
        assertThat(batches.numbers().pods()).hasSize(Numbers.MOST_PODS);
    }

    @Test
    void theNextRunGoesOnWithTheNextNumbers() {
        PodBatches before = batches(1, LONG);
        add(before, "a");
        add(before, "b");
        add(before, "a");
        sent.clear();

        PodBatches batches = new PodBatches(ORIGIN, before.numbers(), 1, LONG, losses, (batch, contents) -> sent.add(batch));
        add(batches, "a");
        add(batches, "b");
        add(batches, "c");

        assertThat(sent).extracting(EventBatch::getPodUid, EventBatch::getNodeSequence, EventBatch::getPodSequence)
                .containsExactly(tuple("a", 3L, 2L), tuple("b", 4L, 1L), tuple("c", 5L, 0L));
    }

    @Test
    void theNextRunGoesOnWithTheLossCounters() {
        LossCounters next = new LossCounters(List.of(new Loss(EventClass.BULK, LossCause.RING_FULL, 7L)));
        next.set(EventClass.BULK, LossCause.RING_FULL, 2);
        next.add(EventClass.PRECIOUS, LossCause.QUEUE_FULL, 1);

        assertThat(next.losses()).containsExactlyInAnyOrder(new Loss(EventClass.BULK, LossCause.RING_FULL, 9L),
                new Loss(EventClass.PRECIOUS, LossCause.QUEUE_FULL, 1L));
    }

    private PodBatches batches(int events, long nanos) {
        return new PodBatches(ORIGIN, Numbers.FIRST, events, nanos, losses, (batch, contents) -> sent.add(batch));
    }

    private static void add(PodBatches batches, String pod) {
        OpenBatch open = batches.open(pod);
        open.builder().addExit(1, open.builder().process(1, 1, 1, "", "x", 0, 0), 0);
        batches.added(open, EventClass.PRECIOUS, 100);
    }
}
