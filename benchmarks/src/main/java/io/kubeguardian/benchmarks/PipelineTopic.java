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
 * A broker whose topic of events is full, with a model of behaviour and a million indicators beside it, and jobs that
 * read it from its beginning. Each pod's first marker is a breach that the indicators know.
 */
final class PipelineTopic implements AutoCloseable {
    private static final int PODS = 200;
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;
    private static final long PATIENCE_SECONDS = 120;
    /** One batch of a pod in so many has a marker: a rule hit in 2,500 events. */
    private static final int MARKER_EVERY = 25;

    private final Run run;
    private final EmbeddedKafka kafka;
    private final PipelineKnowledge knowledge;
    private final int markers;

    /** @param batches of each pod */
    PipelineTopic(Run run, int batches) throws Exception {
        this.run = run;
        this.markers = (batches / MARKER_EVERY - 1) * PODS;
        this.kafka = EmbeddedKafka.start();
        try {
            TopicSetup.createMissing(kafka.clientProperties(), PARTITIONS);
            run.progress("writing %,d events of %d pods", (long) batches * PODS * ServiceEvents.BATCH, PODS);
            fill(batches);
            knowledge = new PipelineKnowledge(run, kafka, List.of(ServiceEvents.BREACH));
        } catch (Exception e) {
            kafka.close();
            throw e;
        }
    }

    PipelineKnowledge knowledge() {
        return knowledge;
    }

    private void fill(int count) throws Exception {
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
                    EventBatch batch = events.next(pod, marker, i == MARKER_EVERY);
                    producer.send(new ProducerRecord<>(Topics.EVENTS, null, batch.getBaseTime() / 1_000_000,
                            Keys.bytes(Keys.events(batch)), batches.encode(batch)));
                }
            }
        }
    }

    /** The job's own settings, what the command line sets, and these. */
    private KubeGuardianConfig config(Map<String, String> settings) {
        Map<String, String> environment = PipelineKnowledge.countableSettings();
        environment.putAll(settings);
        environment.putAll(run.settings());
        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        return ConfigReader.read(null, environment);
    }

    MarkerRate.Result decodeOnly() throws Exception {
        KubeGuardianConfig config = config(Map.of());
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

    /**
     * @param rate with processor time by part
     * @param windows of workloads that a model scored, each with all its members
     * @param matches of indicators
     */
    record Detection(MarkerRate.Result rate, int windows, int matches) {}

    Detection detection(List<String> rules, Map<String, String> settings) throws Exception {
        try (TopicReader signals = new TopicReader(kafka, Topics.SIGNALS);
                EmbeddedFlink flink = EmbeddedFlink.start(
                        config(settings), new RuleDetectorFactory(rules), 0, PARALLELISM, null)) {
            AvroCodec<Signal> codec = AvroCodec.of(Signal.class);
            int[] others = new int[2];
            MarkerRate.Result rate = MarkerRate.measure(markers, MARKER_EVERY * ServiceEvents.BATCH, () -> {
                int found = 0;
                for (ConsumerRecord<byte[], byte[]> record : signals.await(PATIENCE_SECONDS)) {
                    String rule = codec.decode(record.value()).getRule();
                    found += rule.equals(ServiceEvents.RULE) ? 1 : 0;
                    others[0] += rule.startsWith("anomaly.") ? 1 : 0;
                    others[1] += rule.startsWith("intel.") ? 1 : 0;
                }
                return found;
            });
            return new Detection(rate, others[0], others[1]);
        }
    }

    @Override
    public void close() {
        kafka.close();
    }
}
