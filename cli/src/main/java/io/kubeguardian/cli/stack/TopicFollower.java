package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.schema.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics as their records arrive and hands each to a listener, in a thread of its own. */
public final class TopicFollower implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile RuntimeException failure;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param client Kafka client properties
     * @param topics names from {@link Topics}
     * @param fromBeginning true: all there is; false: what comes from now on
     * @param listener is called in the follower's thread
     */
    public TopicFollower(
            Map<String, Object> client, List<String> topics, boolean fromBeginning,
            Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("fetch.max.wait.ms", 20);
        properties.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic, Duration.ofSeconds(30)).stream())
                .map((PartitionInfo p) -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        partitions.forEach(consumer::position); // settles where to begin before anyone goes on
        thread = Thread.ofPlatform().name("topic-follower").daemon().start(() -> follow(listener));
    }

    private void follow(Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        try {
            while (!closed.get()) {
                consumer.poll(Duration.ofMillis(100)).forEach(listener);
            }
        } catch (WakeupException e) {
            // close() asked for it
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            consumer.close();
        }
    }

    /** Whether there is a connection to any broker. */
    public boolean connected() {
        return consumer.metrics().entrySet().stream().anyMatch(one -> one.getKey().name().equals("connection-count")
                && one.getValue().metricValue() instanceof Double count && count > 0);
    }

    /**
     * Waits for a while, or until it ends by itself, which it does only when Kafka cannot be read any more.
     *
     * @throws KafkaException why that is so
     * @throws Interrupted when the waiting was interrupted
     */
    public void await(Duration atMost) {
        try {
            thread.join(atMost);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        closed.set(true);
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
