package io.kubeguardian.collector.batch;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Loss;
import io.kubeguardian.schema.PreciousMask;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups events by pod and numbers the batches. A batch is closed when it is old enough, has enough events, or is large
 * enough. A number is given whether or not the batch arrives: a hole tells the reader. Used by one thread.
 */
public final class PodBatches {
    /** Kernel bytes in a batch: leaves room below Kafka's limit of 1 MB a record, even if each byte becomes three. */
    static final int MOST_BYTES = 256 * 1024;

    /** Between two words of a loss that goes on. */
    private static final long LOSSES_PAUSE_NANOS = 10_000_000_000L;
    /** So that a reader knows of a node that is quiet: its count so far, and its clock. */
    private static final long LOSSES_AGAIN_NANOS = 60_000_000_000L;

    private final Origin origin;
    private final int mostEvents;
    private final long mostNanos;
    private final LossCounters losses;
    private final BatchSink sink;
    /** In the order in which they were opened. */
    private final Map<String, OpenBatch> open = new LinkedHashMap<>();
    private final Sequences sequences;
    private final KindCounters counters = new KindCounters();
    private long toldLosses = -1;
    private long toldAt;

    /** @param start the numbers that it begins with */
    public PodBatches(Origin origin, Numbers start, int mostEvents, long mostNanos, LossCounters losses, BatchSink sink) {
        this.origin = origin;
        this.sequences = new Sequences(start);
        this.mostEvents = mostEvents;
        this.mostNanos = mostNanos;
        this.losses = losses;
        this.sink = sink;
    }

    /** Where to add an event of this pod; {@link #added} must follow. */
    public OpenBatch open(String podUid) {
        OpenBatch batch = open.get(podUid);
        if (batch == null) {
            batch = new OpenBatch(podUid, System.nanoTime());
            open.put(podUid, batch);
        }
        return batch;
    }

    /** One event was added, of so many bytes in the kernel's ring. */
    public void added(OpenBatch batch, EventClass eventClass, int bytes) {
        if (eventClass == EventClass.PRECIOUS) {
            batch.builder().lastIsPrecious();
        }
        batch.bytes += bytes;
        if (batch.builder().size() >= mostEvents || batch.bytes >= MOST_BYTES) {
            open.remove(batch.podUid);
            close(batch);
        }
    }

    /** Closes the batches that are old enough. @param now when they are that, as {@link System#nanoTime()} */
    public void flushDue(long now) {
        if (open.isEmpty()) {
            return;
        }
        List<OpenBatch> due = new ArrayList<>();
        for (Iterator<OpenBatch> batches = open.values().iterator(); batches.hasNext();) {
            OpenBatch batch = batches.next();
            if (now - batch.openedNanos < mostNanos) {
                break;
            }
            due.add(batch);
            batches.remove();
        }
        due.forEach(this::close);
    }

    /** Whether none waits to be closed. */
    public boolean isEmpty() {
        return open.isEmpty();
    }

    /** Closes all. */
    public void flushAll() {
        List<OpenBatch> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(this::close);
    }

    /**
     * Tells what the node has lost, once for all of its pods: by a batch without events of no pod. At the start, when more
     * is lost, and now and then, so that a reader knows from where it grew.
     *
     * @param now as {@link System#nanoTime()}
     * @param time nanoseconds since the Unix epoch
     */
    public void tellLosses(long now, long time) {
        long total = losses.losses().stream().mapToLong(Loss::getCount).sum();
        long pause = total == toldLosses ? LOSSES_AGAIN_NANOS : LOSSES_PAUSE_NANOS;
        if (toldLosses < 0 || now - toldAt >= pause) {
            toldLosses = total;
            toldAt = now;
            send("", EventBatchBuilder.empty(time), PreciousMask.NONE);
        }
    }

    /** What was in the batches that are closed. */
    public KindCounters counters() {
        return counters;
    }

    /** The numbers that the next batches would get. */
    public Numbers numbers() {
        return sequences.numbers();
    }

    private void close(OpenBatch batch) {
        if (batch.builder().size() == 0) {
            return;
        }
        send(batch.podUid, batch.builder().build(), batch.builder().mask());
    }

    private void send(String podUid, EventBatch built, PreciousMask mask) {
        built.setCluster(origin.cluster());
        built.setNode(origin.node());
        built.setBootId(origin.bootId());
        built.setEpoch(origin.epoch());
        built.setPreviousEpoch(origin.previousEpoch());
        built.setUnwatchedMillis(origin.unwatchedMillis());
        built.setNodeSequence(sequences.nextOfNode());
        built.setPodSequence(sequences.nextOf(podUid));
        built.setPodUid(podUid);
        built.setLosses(losses.losses());
        sink.accept(built, counters.add(built, mask));
    }
}
