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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The whole detection job behind a real broker, all in this process: how many events a second it takes from a topic that is
 * full, against a job that only reads and decodes the same topic in the same run, and what each part costs; and how long it
 * takes from an event to its alert and to the decision to contain, at a rate it can easily keep.
 */
final class PipelineScenario implements Scenario {
    private static final int PODS = 200;
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;
    private static final long PATIENCE_SECONDS = 120;
    /** One batch of a pod in so many has a marker: a rule hit in 2,500 events. */
    private static final int MARKER_EVERY = 25;

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
        int batches = run.quick() ? 300 : 1000;
        int markers = batches / MARKER_EVERY * PODS;
        List<String> rules = rules(run);
        run.progress("%d rules", new RuleDetectorFactory(rules).load().rules().size());
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), PARTITIONS);
            run.progress("writing %,d events of %d pods", (long) batches * PODS * ServiceEvents.BATCH, PODS);
            fill(kafka, batches);
            KubeGuardianConfig config = config(run, kafka);
            for (int round = 0; round < (run.quick() ? 1 : 3); round++) { // by turns, so that both see the same machine
                keep(run, "read-and-decode", decodeOnly(run, config, markers));
                keep(run, "detection", detection(run, config, kafka, rules, markers));
            }
        }
        new PipelineLatency(run, rules).measure();
        run.figure(Figure.against("events_per_s", run.median("detection"), "events/s", run.median("read-and-decode")));
        for (String sample : List.copyOf(run.raw().keySet())) {
            if (sample.startsWith("detection.ns.")) {
                run.figure(Figure.of(sample.replace("detection.ns.", "cpu.") + "_ns", run.median(sample), "ns/event"));
            }
        }
    }

    /** The job's own settings and what the command line sets. */
    private static KubeGuardianConfig config(Run run, EmbeddedKafka kafka) {
        Map<String, String> environment = new HashMap<>(run.settings());
        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        return ConfigReader.read(null, environment);
    }

    private static void keep(Run run, String what, MarkerRate.Result result) {
        run.progress("%s: %,.0f events/s", what, result.perSecond());
        run.sample(what, result.perSecond());
        result.nanosPerEvent().forEach((part, nanos) -> run.sample(what + ".ns." + part, nanos));
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

    private static void fill(EmbeddedKafka kafka, int count) throws Exception {
        long start = (System.currentTimeMillis() - count * 20L) * 1_000_000;
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
            for (int i = 1; i <= count; i++) {
                String marker = i % MARKER_EVERY == 0 ? Integer.toString(i) : "";
                for (int pod = 0; pod < PODS; pod++) {
                    EventBatch batch = events.next(pod, marker);
                    producer.send(new ProducerRecord<>(Topics.EVENTS, null, batch.getBaseTime() / 1_000_000,
                            Keys.bytes(Keys.events(batch)), batches.encode(batch)));
                }
            }
        }
    }

    private static MarkerRate.Result decodeOnly(Run run, KubeGuardianConfig config, int markers) throws Exception {
        run.progress("reading and decoding alone");
        ReadAndDecode.MARKERS.drainPermits();
        try (EmbeddedFlink flink = EmbeddedFlink.start(env -> {
            DetectionJob.configure(env, config.detection());
            env.fromSource(KafkaRecords.source(config.kafka()), WatermarkStrategy.noWatermarks(), "records")
                    .process(new ReadAndDecode()).returns(Types.LONG).sinkTo(new DiscardingSink<>());
        }, 0, PARALLELISM, null)) {
            return MarkerRate.measure(markers, MARKER_EVERY * ServiceEvents.BATCH, () -> {
                if (!ReadAndDecode.MARKERS.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("no marker after " + PATIENCE_SECONDS + " s");
                }
                return 1;
            });
        }
    }

    private static MarkerRate.Result detection(
            Run run, KubeGuardianConfig config, EmbeddedKafka kafka, List<String> rules, int markers) throws Exception {
        run.progress("the detection job");
        try (TopicReader signals = new TopicReader(kafka, Topics.SIGNALS);
                EmbeddedFlink flink = EmbeddedFlink.start(config, new RuleDetectorFactory(rules), 0, PARALLELISM, null)) {
            AvroCodec<Signal> codec = AvroCodec.of(Signal.class);
            return MarkerRate.measure(markers, MARKER_EVERY * ServiceEvents.BATCH, () -> {
                int found = 0;
                for (ConsumerRecord<byte[], byte[]> record : signals.await(PATIENCE_SECONDS)) {
                    found += codec.decode(record.value()).getRule().equals(ServiceEvents.RULE) ? 1 : 0;
                }
                return found;
            });
        }
    }
}
