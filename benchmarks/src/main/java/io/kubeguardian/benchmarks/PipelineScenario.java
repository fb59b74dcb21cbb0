package io.kubeguardian.benchmarks;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.DetectionJob;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.KafkaRecords;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The whole detection job behind a real broker, all in this process: how many events a second it takes from a topic that is
 * full, against a job that only reads and decodes the same topic in the same run. Measured between two markers in each
 * pod's events, the first far enough from the beginning for the code to be compiled.
 */
final class PipelineScenario implements Scenario {
    private static final int PODS = 200;
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;
    private static final long PATIENCE_SECONDS = 900;

    /** Where markers come from, one after the other. */
    private interface Markers {
        String take() throws Exception;
    }

    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public String describes() {
        return "events/s of the whole detection job, against only reading and decoding them";
    }

    @Override
    public void measure(Run run) throws Exception {
        int warmUp = run.quick() ? 100 : 300;
        int measured = run.quick() ? 200 : 700;
        List<String> rules = rules(run);
        run.progress("%d rules", new RuleDetectorFactory(rules).load().rules().size());
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), PARTITIONS);
            run.progress("writing %,d events of %d pods", (long) (warmUp + measured) * PODS * ServiceEvents.BATCH, PODS);
            fill(kafka, warmUp, measured);
            KubeGuardianConfig config = ConfigReader.read(null, Map.of(
                    "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers()));
            double events = (double) measured * PODS * ServiceEvents.BATCH;
            for (int round = 0; round < (run.quick() ? 1 : Integer.getInteger("kg.rounds", 2)); round++) { // by turns, so that both see the same machine
                run.sample("read-and-decode", events / decodeOnly(run, config));
                run.sample("detection", events / detection(run, config, kafka, rules));
            }
            run.figure(Figure.against("events_per_s", run.median("detection"), "events/s", run.median("read-and-decode")));
        }
    }

    /** KubeGuardian's own, Falco's where they are, and the markers'. */
    private static List<String> rules(Run run) throws Exception {
        List<String> files = new ArrayList<>();
        Path falco = FalcoRules.folder(run.home());
        if (falco == null) {
            run.progress("Falco's rules are not here (%s): KubeGuardian's own alone", FalcoRules.HOW);
        } else {
            FalcoRules.all(falco).forEach(file -> files.add(file.toString()));
        }
        Path own = run.home().resolve("flink-jobs/src/main/resources/kubeguardian/rules");
        Files.readAllLines(own.resolve("index")).forEach(file -> files.add(own.resolve(file).toString()));
        files.add(Files.writeString(run.scratch().resolve("marker.yaml"), ServiceEvents.RULES).toString());
        return files;
    }

    private static void fill(EmbeddedKafka kafka, int warmUp, int measured) throws Exception {
        long start = (System.currentTimeMillis() - (warmUp + measured) * 20L) * 1_000_000;
        ServiceEvents events = new ServiceEvents(PODS, start);
        AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
        AvroCodec<PodMetadata> pods = AvroCodec.of(PodMetadata.class);
        Map<String, Object> settings = kafka.clientProperties();
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 20);
        settings.put("batch.size", 256 * 1024);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int pod = 0; pod < PODS; pod++) {
                PodMetadata metadata = events.metadata(pod);
                producer.send(new ProducerRecord<>(Topics.PODS, Keys.bytes(metadata.getUid()), pods.encode(metadata)));
            }
            for (int i = 1; i <= warmUp + measured; i++) {
                String marker = i == warmUp ? "begin" : i == warmUp + measured ? "end" : "";
                for (int pod = 0; pod < PODS; pod++) {
                    EventBatch batch = events.next(pod, marker);
                    producer.send(new ProducerRecord<>(Topics.EVENTS, null, batch.getBaseTime() / 1_000_000,
                            Keys.bytes(Keys.events(batch)), batches.encode(batch)));
                }
            }
        }
    }

    private static double decodeOnly(Run run, KubeGuardianConfig config) throws Exception {
        run.progress("reading and decoding alone");
        ReadAndDecode.MARKERS.clear();
        try (EmbeddedFlink flink = EmbeddedFlink.start(env -> {
            DetectionJob.configure(env, config.detection());
            env.fromSource(KafkaRecords.source(config.kafka()), WatermarkStrategy.noWatermarks(), "records")
                    .process(new ReadAndDecode()).returns(Types.LONG).sinkTo(new DiscardingSink<>());
        }, 0, PARALLELISM, null)) {
            return seconds(() -> {
                String marker = ReadAndDecode.MARKERS.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (marker == null) {
                    throw new IllegalStateException("no marker after " + PATIENCE_SECONDS + " s");
                }
                return marker;
            });
        }
    }

    private static double detection(Run run, KubeGuardianConfig config, EmbeddedKafka kafka, List<String> rules)
            throws Exception {
        run.progress("the detection job");
        Map<String, Object> settings = kafka.clientProperties();
        settings.put("group.id", "benchmark-" + System.nanoTime());
        settings.put("auto.offset.reset", "latest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topics.SIGNALS).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition())).toList());
            consumer.seekToEnd(consumer.assignment());
            consumer.assignment().forEach(consumer::position); // now, not at the first poll
            AvroCodec<Signal> codec = AvroCodec.of(Signal.class);
            Deque<String> found = new ArrayDeque<>();
            try (EmbeddedFlink flink = EmbeddedFlink.start(config, new RuleDetectorFactory(rules), 0, PARALLELISM, null)) {
                return seconds(() -> {
                    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
                    while (found.isEmpty()) {
                        if (System.nanoTime() > end) {
                            throw new IllegalStateException("no marker after " + PATIENCE_SECONDS + " s");
                        }
                        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                            Signal signal = codec.decode(record.value());
                            if (signal.getRule().equals(ServiceEvents.RULE)) {
                                found.add(signal.getOutput().replace("marker ", ""));
                            }
                        }
                    }
                    return found.remove();
                });
            }
        }
    }

    /** From the last pod's first marker to the last pod's second. */
    private static double seconds(Markers markers) throws Exception {
        int begun = 0;
        int ended = 0;
        long first = 0;
        while (ended < PODS) {
            String marker = markers.take();
            if (marker.equals("begin")) {
                begun++;
                first = System.nanoTime();
            } else if (++ended == 1 && begun < PODS) {
                throw new IllegalStateException("a pod ended before all began: too few events");
            }
        }
        return (System.nanoTime() - first) / 1e9;
    }
}
