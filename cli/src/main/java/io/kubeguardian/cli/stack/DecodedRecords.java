package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What records of topics say. One that cannot be read is told on standard error, in a line, and left out. */
public final class DecodedRecords {
    private DecodedRecords() {}

    /** Empty for a record without. */
    public static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Empty for a tombstone, and for what cannot be read. */
    public static <T extends SpecificRecordBase> Optional<T> value(AvroCodec<T> codec, ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? Optional.empty() : Optional.of(codec.decode(record.value()));
        } catch (MalformedRecordException e) {
            tellUnreadable(record, e);
            return Optional.empty();
        }
    }

    /** Says that a record cannot be read, and why. */
    public static void tellUnreadable(ConsumerRecord<byte[], byte[]> record, Exception problem) {
        System.err.println("kubeguardian: " + record.topic() + " offset " + record.offset() + ": "
                + Texts.line(String.valueOf(problem.getMessage())));
    }

    /**
     * What a compacted topic says now, by key, the one that was said last at the end. What was taken back is not among it, nor
     * what was replaced by a record that cannot be read.
     *
     * @param client Kafka client properties
     * @param prefix of the keys that are meant; others may have values of other kinds
     */
    public static <T extends SpecificRecordBase> Map<String, T> latest(
            Map<String, Object> client, String topic, AvroCodec<T> codec, String prefix) {
        Map<String, T> latest = new LinkedHashMap<>();
        TopicContents.each(client, topic, Instant.EPOCH, record -> {
            String key = key(record);
            if (key.startsWith(prefix)) {
                latest.remove(key);
                value(codec, record).ifPresent(value -> latest.put(key, value));
            }
        });
        return latest;
    }
}
