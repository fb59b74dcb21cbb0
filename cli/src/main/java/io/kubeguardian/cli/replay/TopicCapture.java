package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Writes a time range of the events topic to a capture file, with the pods' metadata before it: what comes in one file in
 * one order can be replayed twice and gives the same twice.
 */
final class TopicCapture {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AvroCodec<EventBatch> BATCH = AvroCodec.of(EventBatch.class);
    private static final AvroCodec<PodMetadata> POD = AvroCodec.of(PodMetadata.class);

    private TopicCapture() {}

    /** How much was written. @param malformed records that were left out */
    record Written(long batches, long malformed) {}

    /**
     * @param from by the records' time, inclusive
     * @param to likewise, exclusive
     * @throws UserError when the broker does not answer, or the file cannot be written
     */
    static Written write(Map<String, Object> client, Instant from, Instant to, Path file) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("enable.auto.commit", "false");
        properties.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                CaptureFile.Writer out = new CaptureFile.Writer(file)) {
            long malformed = pods(consumer, out);
            return events(consumer, from.toEpochMilli(), to.toEpochMilli(), out, malformed);
        } catch (KafkaException e) {
            throw new UserError("Kafka at " + client.get("bootstrap.servers") + " does not answer: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UserError(file + ": " + e.getMessage(), e);
        }
    }

    /** The newest of each pod. */
    private static long pods(KafkaConsumer<byte[], byte[]> consumer, CaptureFile.Writer out) throws IOException {
        Map<String, PodMetadata> newest = new LinkedHashMap<>();
        long malformed = 0;
        List<TopicPartition> partitions = partitions(consumer, Topics.PODS);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        while (behind(consumer, ends)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                try {
                    if (record.value() != null) {
                        PodMetadata pod = POD.decode(record.value());
                        newest.put(pod.getUid(), pod);
                    }
                } catch (MalformedRecordException e) {
                    malformed++;
                }
            }
        }
        for (PodMetadata pod : newest.values()) {
            if (!pod.getDeleted()) {
                out.write(pod);
            }
        }
        return malformed;
    }

    private static Written events(
            KafkaConsumer<byte[], byte[]> consumer, long from, long to, CaptureFile.Writer out, long malformedPods)
            throws IOException {
        List<TopicPartition> partitions = partitions(consumer, Topics.EVENTS);
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        Map<TopicPartition, Long> query = new HashMap<>();
        partitions.forEach(partition -> query.put(partition, from));
        Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(query, PATIENCE);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp start = starts.get(partition);
            consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
        }
        long batches = 0;
        long malformed = malformedPods;
        while (behind(consumer, ends)) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (record.timestamp() < from || record.timestamp() >= to) {
                    continue;
                }
                try {
                    EventBatch batch = BATCH.decode(record.value());
                    BatchEvents.validate(batch);
                    out.write(batch);
                    batches++;
                } catch (MalformedRecordException e) {
                    malformed++;
                }
            }
        }
        return new Written(batches, malformed);
    }

    private static boolean behind(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic, PATIENCE).forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        return partitions;
    }
}
