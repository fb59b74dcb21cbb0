package io.kubeguardian.collector.ship;

import io.kubeguardian.collector.batch.BatchContents;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PreciousMask;

/** A record that Kafka has not got yet. Known by identity: the same bytes may be there twice. */
final class Outgoing {
    /** What the objects around a record take, here and in the producer, bytes; rounded up. */
    static final int OVERHEAD = 512;

    final String topic;
    final byte[] key;
    /** Milliseconds since the Unix epoch. */
    final long time;
    private byte[] value;
    private long size;
    private BatchContents contents;

    Outgoing(String topic, byte[] key, byte[] value, long time, BatchContents contents) {
        this.topic = topic;
        this.key = key;
        this.time = time;
        this.contents = contents;
        setValue(value);
    }

    /** That carries no events. */
    Outgoing(String topic, byte[] key, byte[] value, long time) {
        this(topic, key, value, time, new BatchContents(0, 0, PreciousMask.NONE));
    }

    private void setValue(byte[] bytes) {
        value = bytes;
        size = bytes.length + key.length + OVERHEAD;
    }

    /** Null after {@link #handedOver}. */
    byte[] value() {
        return value;
    }

    int precious() {
        return contents.precious();
    }

    int bulk() {
        return contents.bulk();
    }

    /** Bytes that it takes in memory, here or in the producer. */
    long size() {
        return size;
    }

    /** The producer has its own copy of the bytes now. */
    void handedOver() {
        value = null;
    }

    /** Takes the bulk events out of this batch. @return how many */
    int removeBulk(AvroCodec<EventBatch> codec) {
        try {
            EventBatch batch = codec.decode(value);
            int removed = BatchEvents.removeBulk(batch, contents.mask());
            contents = new BatchContents(contents.precious(), 0, PreciousMask.NONE);
            setValue(codec.encode(batch));
            return removed;
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("encoded here, and cannot be read", e);
        }
    }
}
