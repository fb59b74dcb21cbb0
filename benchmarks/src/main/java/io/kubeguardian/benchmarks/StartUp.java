package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** From the start of the collector's process until it says that it is ready, and until its first events are on the topic. */
final class StartUp implements Scenario {
    @Override
    public String name() {
        return "start-up";
    }

    @Override
    public String describes() {
        return "time from the collector's start until it is ready, and until the first events are on the topic";
    }

    @Override
    public void measure(Run run) throws Exception {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            throw new UnavailableException("kernel sensors cannot run here: " + problem);
        }
        int rounds = run.quick() ? 2 : 9;
        try (Cgroups cgroups = new Cgroups(); EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Path container = cgroups.container();
            for (int round = 0; round < rounds; round++) {
                run.progress("round %d of %d", round + 1, rounds);
                round(run, cgroups, kafka, container);
            }
        }
        run.figure(Figure.of("ready_ms", run.median("ready"), "ms"));
        run.figure(Figure.of("first_event_ms", run.median("first_event"), "ms"));
    }

    /** The node's own first batch tells of its losses alone. */
    private static boolean anyOfAPod(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!new String(record.key(), StandardCharsets.UTF_8).startsWith("node:")) {
                return true;
            }
        }
        return false;
    }

    private static void round(Run run, Cgroups cgroups, EmbeddedKafka kafka, Path container) throws Exception {
        Map<String, Object> client = new HashMap<>(kafka.clientProperties());
        client.put("enable.auto.commit", "false");
        // Something happens all the time: a file opened every 10 ms.
        Process busy = Programs.start(run, "load", container, run.scratch(), "opens", 100, 60);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition events = new TopicPartition(Topics.EVENTS, 0);
            consumer.assign(List.of(events));
            consumer.seekToEnd(List.of(events));
            consumer.position(events);
            long start = System.nanoTime();
            try (CollectorProcess collector = CollectorProcess.start(run, cgroups.monitored(),
                    Map.of("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers()))) {
                run.sample("ready", (System.nanoTime() - start) / 1e6);
                while (!anyOfAPod(consumer.poll(Duration.ofMillis(50)))) {
                    if (System.nanoTime() - start > 60e9) {
                        throw new IllegalStateException("no event in 60 s from collector " + collector.pid());
                    }
                }
                run.sample("first_event", (System.nanoTime() - start) / 1e6);
            }
        } finally {
            busy.destroy();
            busy.waitFor();
        }
    }
}
