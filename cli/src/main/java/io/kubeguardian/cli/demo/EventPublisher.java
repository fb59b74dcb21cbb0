package io.kubeguardian.cli.demo;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Topics;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import io.kubeguardian.cli.Interrupted;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts records on the topics as the pod watcher and the collector do, for what the demo plays itself. */
final class EventPublisher implements AutoCloseable {
    private static final AvroCodec<PodMetadata> POD = AvroCodec.of(PodMetadata.class);
    private static final AvroCodec<EventBatch> BATCH = AvroCodec.of(EventBatch.class);

    private final KafkaProducer<byte[], byte[]> producer;

    EventPublisher(Map<String, Object> client) {
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static void publish(Map<String, Object> client, PodMetadata pod) {
        try (EventPublisher publisher = new EventPublisher(client)) {
            publisher.send(pod);
        }
    }

    void send(PodMetadata pod) {
        send(new ProducerRecord<>(Topics.PODS, Keys.bytes(pod.getUid()), POD.encode(pod)));
    }

    /** With the time of its first event as the record's time, as the collector does. */
    void send(EventBatch batch) {
        send(new ProducerRecord<>(Topics.EVENTS, null, batch.getBaseTime() / 1_000_000,
                Keys.bytes(Keys.events(batch)), BATCH.encode(batch)));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused a record: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
