package io.kubeguardian.ingest.ship;

import io.kubeguardian.ingest.Records;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What some lines became: sent together, and done when Kafka has all of it. */
public final class Portion implements Records {
    private static final AvroCodec<EventBatch> BATCHES = AvroCodec.of(EventBatch.class);
    private static final AvroCodec<PodMetadata> PODS = AvroCodec.of(PodMetadata.class);
    private static final AvroCodec<Signal> SIGNALS = AvroCodec.of(Signal.class);
    private static final AvroCodec<DeadLetter> DEAD_LETTERS = AvroCodec.of(DeadLetter.class);

    /** One record on its way. */
    static final class Outgoing {
        final ProducerRecord<byte[], byte[]> record;
        /** Kafka has it, or it was given up. */
        volatile boolean settled;

        Outgoing(ProducerRecord<byte[], byte[]> record) {
            this.record = record;
        }
    }

    private final List<Outgoing> records = new ArrayList<>();
    private final AtomicInteger left = new AtomicInteger();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long sentNanos;

    @Override
    public void batch(EventBatch batch) {
        add(Topics.EVENTS, batch.getBaseTime() / 1_000_000, Keys.events(batch), BATCHES.encode(batch));
    }

    @Override
    public void pod(PodMetadata pod) {
        add(Topics.PODS, pod.getUpdatedAt(), pod.getUid(), PODS.encode(pod));
    }

    @Override
    public void signal(Signal signal) {
        add(Topics.SIGNALS, signal.getEventTime() / 1_000_000, Keys.workload(signal.getWorkload()),
                SIGNALS.encode(signal));
    }

    /** A line that could not be used. A file that was rotated has other lines where the old one's were: the time tells. */
    public void deadLetter(DeadLetter letter) {
        add(Topics.DEAD_LETTERS, letter.getTime() / 1_000_000, Keys.deadLetter(letter) + '/' + letter.getTime(),
                DEAD_LETTERS.encode(letter));
    }

    private void add(String topic, long timeMillis, String key, byte[] value) {
        records.add(new Outgoing(new ProducerRecord<>(topic, null, timeMillis, Keys.bytes(key), value)));
    }

    /** It is being sent now. */
    void begin() {
        long now = System.nanoTime();
        sentNanos = now == 0 ? 1 : now;
    }

    /** As {@link System#nanoTime()}. */
    long sentNanos() {
        return sentNanos;
    }

    /** No more comes. */
    void complete() {
        left.set(records.size());
        if (records.isEmpty()) {
            done.complete(null);
        }
    }

    List<Outgoing> records() {
        return records;
    }

    void settled(Outgoing outgoing) {
        if (!outgoing.settled) {
            outgoing.settled = true;
            if (left.decrementAndGet() == 0) {
                done.complete(null);
            }
        }
    }

    /** Completes when Kafka has all of it. */
    public CompletableFuture<Void> done() {
        return done;
    }
}
