package io.kubeguardian.detection;

import java.nio.charset.StandardCharsets;

/**
 * A record as it came from Kafka (or a capture), not yet decoded: shuffled as bytes, decoded once behind the
 * shuffle. Flink POJO.
 */
public final class RawRecord {
    public String topic = "";
    public int partition;
    public long offset;
    /** Milliseconds since the Unix epoch: for events the event time. */
    public long timestamp;
    /** The pod's key; empty when the record has none. */
    public String key = "";
    /** Null for a tombstone. */
    public byte[] value;

    public RawRecord() {}

    public RawRecord(String topic, int partition, long offset, long timestamp, byte[] key, byte[] value) {
        this.topic = topic;
        this.partition = partition;
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        this.value = value;
    }
}
