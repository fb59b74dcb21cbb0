package io.kubeguardian.intel;

import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic on a thread of its own. Kafka being away changes nothing that is in force; what cannot be used is
 * told in the log and leaves the feed as it was.
 */
final class IntelReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntelReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration ASK = Duration.ofSeconds(10);
    /** How long a job that starts waits for the indicators before it goes on without. */
    private static final long PATIENCE_SECONDS = 60;

    private final Map<String, Object> settings;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile IntelSet current = IntelSet.EMPTY;
    private volatile KafkaConsumer<byte[], byte[]> consumer;

    private IntelReader(Map<String, Object> client) {
        settings = new HashMap<>();
        settings.put("allow.auto.create.topics", false); // a broker would make it without compaction
        settings.put("fetch.max.bytes", 8 << 20);
        settings.put("max.partition.fetch.bytes", 4 << 20);
        settings.put("enable.metrics.push", false);
        settings.put("metric.reporters", "");
        settings.putAll(client);
        settings.put("enable.auto.commit", false);
        settings.put("isolation.level", "read_committed");
        thread = new Thread(this::run, "kg-intel");
        thread.setDaemon(true);
        // Flink's own loader does not see Kafka's classes where the job brings them.
        thread.setContextClassLoader(IntelReader.class.getClassLoader());
    }

    static IntelReader start(Map<String, Object> client) {
        IntelReader reader = new IntelReader(client);
        reader.thread.start();
        return reader;
    }

    IntelSet current() {
        return current;
    }

    /** Until all that the topic held at the start is in force; a broker or a topic that is not there is not waited for long. */
    void awaitCaughtUp() throws InterruptedException {
        if (!caughtUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("event=intel-late seconds={} feeds={} goes-on=without-the-rest", PATIENCE_SECONDS, current.feeds());
        }
    }

    private void run() {
        boolean failing = false;
        while (closing.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> kafka =
                    new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = kafka;
                List<TopicPartition> partitions = kafka.partitionsFor(Topics.INTEL, ASK).stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition())).toList();
                if (partitions.isEmpty()) {
                    throw new KafkaException("the topic does not exist");
                }
                kafka.assign(partitions);
                kafka.seekToBeginning(partitions);
                failing = false;
                follow(kafka, kafka.endOffsets(partitions, ASK));
            } catch (WakeupException e) {
                return;
            } catch (RuntimeException e) { // Kafka's own, and whatever else: indicators must not end with one error
                if (!failing) { // once per outage
                    LOG.warn("event=intel-unreadable topic={} feeds={} error=\"{}\"", Topics.INTEL, current.feeds(),
                            e.getMessage());
                }
                failing = true;
                caughtUp.countDown(); // nothing to wait for
            } finally {
                consumer = null;
            }
            try {
                if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> kafka, Map<TopicPartition, Long> ends) {
        IntelAssembly assembly = new IntelAssembly();
        Map<String, String> problems = new HashMap<>();
        boolean live = false;
        while (closing.getCount() > 0) {
            if (!live && ends.entrySet().stream().allMatch(end -> kafka.position(end.getKey()) >= end.getValue())) {
                live = true;
                problems.forEach(IntelReader::tell);
                enforce(assembly.set());
                caughtUp.countDown();
            }
            boolean changed = false;
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(POLL)) {
                String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                try {
                    changed |= assembly.add(key, record.value());
                    problems.remove(key);
                } catch (MalformedRecordException e) {
                    if (live) {
                        tell(key, e.getMessage());
                    } else {
                        problems.put(key, e.getMessage()); // a later record under the key may be good
                    }
                }
            }
            if (live && changed) {
                enforce(assembly.set());
            }
        }
    }

    private static void tell(String key, String problem) {
        LOG.warn("event=intel-refused key={} reason=\"{}\"", key, problem);
    }

    private void enforce(IntelSet set) {
        current = set;
        LOG.info("event=intel-in-force feeds={} indicators={} digests={}", set.feeds(), set.indicators(), set.digests());
    }

    @Override
    public void close() {
        closing.countDown();
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
