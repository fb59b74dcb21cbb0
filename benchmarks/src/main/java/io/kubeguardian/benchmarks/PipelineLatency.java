package io.kubeguardian.benchmarks;

import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.EmbeddedFlink;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How long it takes, at {@value #EVENTS_PER_SECOND} events/s, from an event to the alert about it, and from the event that
 * completes a pattern to the decision to contain: until a consumer has them from their topics. When its batch is sent an
 * event is as old as a collector's on a busy node: anything up to {@code collector.batchMillis}, as often one as the other.
 */
final class PipelineLatency {
    private static final int EVENTS_PER_SECOND = 50_000;
    private static final int PODS = 200;
    private static final int PARTITIONS = 4;
    private static final int PARALLELISM = 2;
    private static final long BATCH_NANOS = 1_000_000_000L * ServiceEvents.BATCH / EVENTS_PER_SECOND;
    /** One batch in so many has a marker; each pod's last one completes the pattern. */
    private static final int MARKER_EVERY = 23;
    private static final Pattern MARKER = Pattern.compile("marker (m\\d+)");
    private static final String STORY = """
            title: Benchmark story
            id: benchmark-story
            description: a marker, and then a breach
            author: KubeGuardian
            level: critical
            correlation:
              type: temporal_ordered
              rules:
                - %s
                - %s
              group-by:
                - k8s.pod.uid
              timespan: 5m
            """.formatted(ServiceEvents.RULE, ServiceEvents.BREACH_RULE);

    private final Run run;
    private final List<String> rules;
    private final Map<String, Long> eventTimes = new ConcurrentHashMap<>();
    private volatile boolean measuring;

    PipelineLatency(Run run, List<String> rules) {
        this.run = run;
        this.rules = rules;
    }

    void measure() throws Exception {
        int warmUpSeconds = run.quick() ? 8 : 20;
        int measuredSeconds = run.quick() ? 10 : 40;
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), PARTITIONS);
            new PipelineKnowledge(run, kafka, List.of());
            KubeGuardianConfig config = config(kafka);
            try (TopicReader alerts = new TopicReader(kafka, Topics.ALERTS);
                    TopicReader decisions = new TopicReader(kafka, Topics.DECISIONS);
                    EmbeddedFlink flink = EmbeddedFlink.start(
                            config, new RuleDetectorFactory(rules), 0, PARALLELISM, null)) {
                run.progress("%,d events/s for %d s, after %d s of warm-up", EVENTS_PER_SECOND, measuredSeconds, warmUpSeconds);
                Reading alerting = new Reading(() -> readAlerts(alerts));
                Reading deciding = new Reading(() -> readDecisions(decisions));
                offer(kafka, config.collector().batchMillis(), warmUpSeconds, measuredSeconds);
                alerting.stop();
                deciding.stop();
            }
        }
        figures("alert");
        figures("contain");
    }

    private void figures(String what) {
        List<Double> samples = run.raw().get(what + "_latency_ms");
        if (samples == null) {
            throw new IllegalStateException("nothing came of the markers: no " + what);
        }
        double[] sorted = Run.sorted(samples);
        run.figure(Figure.of(what + "_latency_p50_ms", Run.quantile(sorted, 0.5), "ms"));
        run.figure(Figure.of(what + "_latency_p99_ms", Run.quantile(sorted, 0.99), "ms"));
    }

    /** The job's own settings, without the bounds that keep people from being flooded. */
    private KubeGuardianConfig config(EmbeddedKafka kafka) throws Exception {
        Path story = Files.writeString(run.scratch().resolve("story.yaml"), STORY);
        Map<String, String> environment = PipelineKnowledge.settings();
        environment.put("KUBEGUARDIAN_DETECTION_PATTERNS", "[\"" + story + "\"]");
        environment.put("KUBEGUARDIAN_DETECTION_ALERT_BUDGET", "0");
        environment.put("KUBEGUARDIAN_DETECTION_CONTAIN_AT_RISK", "60");
        environment.put("KUBEGUARDIAN_DECISIONS_CONTAINED_WORKLOADS", "10000");
        environment.put("KUBEGUARDIAN_DECISIONS_CONTAINED_PER_MINUTE", "10000");
        environment.putAll(run.settings());
        environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        return ConfigReader.read(null, environment);
    }

    private void offer(EmbeddedKafka kafka, int oldest, int warmUpSeconds, int measuredSeconds) throws Exception {
        ServiceEvents events = new ServiceEvents(PODS, System.currentTimeMillis() * 1_000_000);
        AvroCodec<EventBatch> batches = AvroCodec.of(EventBatch.class);
        AvroCodec<PodMetadata> pods = AvroCodec.of(PodMetadata.class);
        Map<String, Object> settings = kafka.clientProperties();
        settings.put("compression.type", "lz4");
        settings.put("linger.ms", 2);
        long warmUp = warmUpSeconds * 1_000_000_000L / BATCH_NANOS;
        long all = warmUp + measuredSeconds * 1_000_000_000L / BATCH_NANOS;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int pod = 0; pod < PODS; pod++) {
                PodMetadata metadata = events.metadata(pod);
                metadata.setWorkloadName(metadata.getName()); // each contained by itself
                producer.send(new ProducerRecord<>(Topics.PODS, Keys.bytes(metadata.getUid()), pods.encode(metadata)));
            }
            long start = System.nanoTime();
            for (long i = 0; i < all; i++) {
                measuring = i >= warmUp;
                boolean breach = measuring && breaches(i - warmUp, all - warmUp);
                long time = (System.currentTimeMillis() - age(i, oldest)) * 1_000_000;
                EventBatch batch = events.next((int) (i % PODS), marker(i, breach, time), breach, time);
                producer.send(new ProducerRecord<>(Topics.EVENTS, null, time / 1_000_000,
                        Keys.bytes(Keys.events(batch)), batches.encode(batch)));
                LockSupport.parkNanos(start + (i + 1) * BATCH_NANOS - System.nanoTime());
            }
        }
    }

    /** Each pod's once, evenly over the time: every round of all pods a few others. */
    private static boolean breaches(long batch, long batches) {
        long rounds = Math.max(1, batches / PODS - 1);
        return batch / PODS == batch % PODS * rounds / PODS;
    }

    /** All ages up to {@code most} in turn, in no order. Milliseconds. */
    private static long age(long batch, int most) {
        return batch * 37 % (most + 1);
    }

    private String marker(long batch, boolean breach, long time) {
        if (!breach && batch >= PODS && batch % MARKER_EVERY != 0) {
            return "";
        }
        String marker = "m" + batch;
        if (measuring && !breach) {
            eventTimes.put(marker, time + ServiceEvents.MARKER_NANOS);
        }
        return marker;
    }

    private void readAlerts(TopicReader alerts) {
        for (ConsumerRecord<byte[], byte[]> record : alerts.poll()) {
            long now = System.currentTimeMillis();
            Matcher marker = MARKER.matcher(new String(record.value(), StandardCharsets.UTF_8));
            Long time = marker.find() ? eventTimes.remove(marker.group(1)) : null;
            if (time != null) {
                keep("alert_latency_ms", now - time / 1e6);
            }
        }
    }

    private void readDecisions(TopicReader decisions) throws Exception {
        AvroCodec<Decision> codec = AvroCodec.of(Decision.class);
        for (ConsumerRecord<byte[], byte[]> record : decisions.poll()) {
            keep("contain_latency_ms", System.currentTimeMillis() - codec.decode(record.value()).getEventTime() / 1e6);
        }
    }

    private synchronized void keep(String name, double millis) {
        run.sample(name, millis);
    }

    /** A thread that reads until it is told to stop, and then what is still under way. */
    private static final class Reading {
        private static final long UNDER_WAY_MILLIS = 3_000;

        private interface Step {
            void run() throws Exception;
        }

        private final Thread thread;
        private volatile boolean stopped;
        private volatile Exception problem;

        Reading(Step step) {
            thread = new Thread(() -> {
                try {
                    while (!stopped) {
                        step.run();
                    }
                } catch (Exception e) {
                    problem = e;
                }
            }, "latency-reader");
            thread.start();
        }

        void stop() throws Exception {
            Thread.sleep(UNDER_WAY_MILLIS);
            stopped = true;
            thread.join();
            if (problem != null) {
                throw problem;
            }
        }
    }
}
