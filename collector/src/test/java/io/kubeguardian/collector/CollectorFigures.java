package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.trigger;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.event.CgroupListener;
import io.kubeguardian.collector.event.EventDecoder;
import io.kubeguardian.collector.health.Status;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.TopicSetup;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the collector; prints figures, asserts nothing. Run with
 * {@code mvn -pl collector -am verify -DskipTests -Pfigures}.
 *
 * <p>The mix: two pods; per round one program of 8 opens of 4 files, one fork with exec, one connect. So per round 2
 * execs, 1 fork, 2 exits, 8 opens and 1 connect and what the programs themselves open.
 */
public final class CollectorFigures {
    private static final int ROUNDS = 150;

    private CollectorFigures() {}

    public static void main(String[] args) throws Exception {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            System.err.println("figures: kernel sensors cannot run here: " + problem);
            System.exit(2);
        }
        process();
        drain();
    }

    /** The process as it is shipped, with a broker: memory, bytes on the topic. */
    private static void process() throws Exception {
        try (TestCgroups cgroups = new TestCgroups(); EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            Map<String, String> environment = new HashMap<>();
            environment.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
            environment.put("KUBEGUARDIAN_COLLECTOR_CGROUP", cgroups.root().toString());
            environment.put("KUBEGUARDIAN_COLLECTOR_METRICS_PORT", "0");
            environment.put("KUBEGUARDIAN_COLLECTOR_HEALTH_SECONDS", "1");
            List<Path> pods = List.of(cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer()),
                    cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer()));
            try (CollectorProcess collector = new CollectorProcess(environment, List.of())) {
                String ready = collector.awaitLine("collector ready: ");
                Matcher port = Pattern.compile("metricsPort=(\\d+)").matcher(ready);
                if (!port.find()) {
                    throw new IllegalStateException(ready);
                }
                mix(pods);
                Thread.sleep(3000); // the last batches and health records are on their way; nothing depends on it exactly
                String metrics = metrics(Integer.parseInt(port.group(1)));
                double events = value(metrics, "kubeguardian_collector_events_total");
                double bytes = value(metrics, "kubeguardian_collector_bytes_sent_total");
                long wire = topicBytes(kafka);
                System.out.printf("events %.0f  batches %.0f%n", events,
                        value(metrics, "kubeguardian_collector_batches_sent_total"));
                System.out.printf("bytes_per_event encoded %.1f, on the topic (lz4, with Kafka's framing) %.1f%n",
                        bytes / events, wire / events);
                System.out.printf("rss_mb %.1f%n", rss(collector.process.pid()));
                System.out.printf("cpu_s %.2f (start included)%n",
                        collector.process.info().totalCpuDuration().orElseThrow().toMillis() / 1000.0);
                collector.terminate();
            }
        }
    }

    private static void mix(List<Path> pods) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path pod = pods.get(round % pods.size());
            TestCgroups.run(pod, trigger("exec_into"), trigger("open_many"), 8, "/etc/hostname", "/etc/passwd",
                    "/etc/nsswitch.conf", "/etc/ld.so.cache");
            TestCgroups.run(pod, trigger("connect_to"), "tcp4", "127.0.0.1", 1);
        }
    }

    /** What a batch costs from the ring to its encoded bytes, on one core, from a ring that the kernel filled. */
    private static void drain() throws Exception {
        AvroCodec<EventBatch> codec = AvroCodec.of(EventBatch.class);
        try (TestCgroups cgroups = new TestCgroups(); Sensor sensor = Sensor.open(cgroups.tree(),
                new SensorOptions(1 << 20, 1 << 26, SensorHooks.AUTO))) {
            Path pod = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
            CgroupTable table = new CgroupTable(1000, id -> null);
            cgroups.tree().walk((path, id) -> table.created(id, path));
            long[] bytes = new long[1];
            PodBatches batches = new PodBatches(Origin.here("test", "node"), Numbers.FIRST, 256, Long.MAX_VALUE,
                    new LossCounters(), (batch, precious, bulk) -> bytes[0] += codec.encode(batch).length);
            EventDecoder decoder = new EventDecoder(table, batches, new NoCgroups(), 0);
            for (int round = 0; round < 6; round++) {
                TestCgroups.run(pod, trigger("open_many"), 200_000, "/etc/hostname", "/etc/passwd",
                        "/etc/nsswitch.conf", "/etc/ld.so.cache");
                long before = decoder.events();
                long start = System.nanoTime();
                sensor.precious().reader().drain(sensor.precious().reader().produced(), decoder);
                sensor.bulk().reader().drain(sensor.bulk().reader().produced(), decoder);
                batches.flushAll();
                long events = decoder.events() - before;
                System.out.printf("drain round %d: %d events, %.0f ns per event, %.1f bytes per event%n", round, events,
                        (double) (System.nanoTime() - start) / events, (double) bytes[0] / events);
                bytes[0] = 0;
            }
            System.out.printf("drain lost %d%n", sensor.bulkLost());
        }
    }

    private static final class NoCgroups implements CgroupListener {
        @Override
        public void created(long cgroup, String path) {}

        @Override
        public void removed(long cgroup) {}
    }

    /** Bytes of the segments of the events topic in the broker's folder. */
    private static long topicBytes(EmbeddedKafka kafka) throws Exception {
        try (var admin = org.apache.kafka.clients.admin.Admin.create(kafka.clientProperties())) {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(io.kubeguardian.schema.Topics.EVENTS))
                    .mapToLong(replica -> replica.getValue().size()).sum();
        }
    }

    private static String metrics(int port) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    /** The sum over all labels. */
    private static double value(String metrics, String name) {
        List<Double> values = Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$").matcher(metrics).results()
                .map(line -> Double.parseDouble(line.group(1))).toList();
        if (values.isEmpty()) {
            throw new IllegalStateException(name + " is not in the metrics");
        }
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    private static double rss(long pid) throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IllegalStateException("no VmRSS of " + pid + "; this process: " + Status.readResidentBytes());
    }
}
