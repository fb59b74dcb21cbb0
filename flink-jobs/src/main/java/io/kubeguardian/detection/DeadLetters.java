package io.kubeguardian.detection;

import io.kubeguardian.schema.DeadLetter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.util.OutputTag;

/** Records that cannot be used, with the reason. */
public final class DeadLetters {
    public static final OutputTag<DeadLetter> TAG = new OutputTag<>("dead-letters", Types.DEAD_LETTER);

    private static final int MAX_PAYLOAD = 64 << 10;

    private DeadLetters() {}

    /** @param now the job's clock, nanoseconds since the Unix epoch */
    public static DeadLetter of(RawRecord record, String reason, long now) {
        byte[] value = record.value == null ? new byte[0] : record.value;
        boolean truncated = value.length > MAX_PAYLOAD;
        return new DeadLetter(record.topic, record.partition, record.offset, "detection", reason, now,
                ByteBuffer.wrap(truncated ? Arrays.copyOf(value, MAX_PAYLOAD) : value), truncated);
    }
}
