package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.collector.event.CgroupListener;
import io.kubeguardian.collector.event.EventDecoder;
import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.collector.sensor.SensorOptions;
import io.kubeguardian.config.SensorHooks;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * The collector: as a process with a real broker (memory, processor time, loss, bytes on the topic), and its work
 * from the ring to encoded bytes alone. The mix of the figures at 5,000 events a second is that of programs/load.c.
 */
final class CollectorScenario implements Scenario {
    private static final int MIX_RATE = 5_000;
    private static final int FAST_RATE = 100_000;

    @Override
    public String name() {
        return "collector";
    }

    @Override
    public String describes() {
        return "memory, processor time at 5,000 events/s, loss at 100,000 events/s, events/s a core, bytes an event";
    }

    @Override
    public void measure(Run run) throws Exception {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            throw new UnavailableException("kernel sensors cannot run here: " + problem);
        }
        try (Cgroups cgroups = new Cgroups(); EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            ordinary(run, cgroups, kafka);
            flood(run, cgroups, kafka);
        }
        try (Cgroups cgroups = new Cgroups()) {
            drain(run, cgroups);
        }
    }

    private static Map<String, String> settings(EmbeddedKafka kafka) {
        Map<String, String> settings = new HashMap<>();
        settings.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        settings.put("KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", "0");
        return settings;
    }

    private static void ordinary(Run run, Cgroups cgroups, EmbeddedKafka kafka) throws Exception {
        int seconds = run.quick() ? 5 : 60;
        try (CollectorProcess collector = CollectorProcess.start(run, cgroups.monitored(), settings(kafka))) {
            Path container = cgroups.container();
            run.progress("ordinary mix, %,d events/s: warm-up", MIX_RATE);
            load(run, container, "mix", MIX_RATE, run.quick() ? 3 : 20);
            settle(collector);
            double events = collector.metric("kubeguardian_collector_events_total");
            long wire = topicBytes(kafka);
            run.progress("ordinary mix, %,d events/s for %d s", MIX_RATE, seconds);
            Loaded minute = loaded(run, collector, container, "mix", MIX_RATE, seconds);
            settle(collector);
            double seen = collector.metric("kubeguardian_collector_events_total") - events;
            run.figure(Figure.of("rss_mb", collector.residentMegabytes(), "MiB"));
            run.figure(Figure.of("rss_anon_mb", collector.memory("RssAnon"), "MiB"));
            run.figure(Figure.of("rss_file_mb", collector.memory("RssFile"), "MiB"));
            run.figure(Figure.of("cpu_percent_at_5k", minute.cpuPercent(), "% of a core"));
            run.figure(Figure.of("events_per_s_at_5k", seen / minute.seconds(), "events/s"));
            run.figure(Figure.of("bytes_per_event", (topicBytes(kafka) - wire) / seen, "bytes"));
            nextMinute(run, collector, container, seconds);
            run.figure(Figure.of("lost_at_5k", collector.metric("kubeguardian_collector_lost_events_total"), "events"));
        }
    }

    /** When the compiler is through with what runs ten times a second; and which threads it is. */
    private static void nextMinute(Run run, CollectorProcess collector, Path container, int seconds) throws Exception {
        run.progress("ordinary mix, %,d events/s for %d s more", MIX_RATE, seconds);
        String process = Long.toString(collector.pid());
        TaskCpu threads = TaskCpu.of(process);
        Loaded minute = loaded(run, collector, container, "mix", MIX_RATE, seconds);
        run.figure(Figure.of("cpu_percent_at_5k_next_minute", minute.cpuPercent(), "% of a core"));
        TaskCpu.of(process).since(threads).forEach((thread, nanos) -> run.figure(Figure.of(
                "cpu." + (thread.equals("java") ? "kg-reader" : thread), nanos / 1e7 / minute.seconds(), "% of a core")));
    }

    private static void flood(Run run, Cgroups cgroups, EmbeddedKafka kafka) throws Exception {
        int seconds = run.quick() ? 5 : 60;
        try (CollectorProcess collector = CollectorProcess.start(run, cgroups.monitored(), settings(kafka))) {
            Path container = cgroups.container();
            load(run, container, "opens", FAST_RATE / 10, 3);
            settle(collector);
            double before = collector.metric("kubeguardian_collector_events_total");
            run.progress("opens, %,d events/s for %d s", FAST_RATE, seconds);
            Loaded flood = loaded(run, collector, container, "opens", FAST_RATE, seconds);
            settle(collector);
            double opens = Double.parseDouble(flood.made().split(" ")[1]);
            run.figure(Figure.of("offered_at_100k", opens / flood.seconds(), "events/s"));
            run.figure(Figure.against("seen_at_100k",
                    collector.metric("kubeguardian_collector_events_total") - before, "events", opens));
            run.figure(Figure.of("lost_at_100k", collector.metric("kubeguardian_collector_lost_events_total"), "events"));
            run.figure(Figure.of("cpu_percent_at_100k", flood.cpuPercent(), "% of a core"));
            run.figure(Figure.of("rss_mb_at_100k", collector.residentMegabytes(), "MiB"));
        }
    }

    /** What a batch costs from the ring to its encoded bytes, on one core, from a ring that the kernel filled. */
    private static void drain(Run run, Cgroups cgroups) throws Exception {
        AvroCodec<EventBatch> codec = AvroCodec.of(EventBatch.class);
        Path container = cgroups.container();
        CgroupTree tree = CgroupTree.of(cgroups.monitored().toString());
        try (Sensor sensor = Sensor.open(tree, new SensorOptions(1 << 20, 1 << 26, SensorHooks.AUTO, 0, List.of(), true))) {
            CgroupTable table = new CgroupTable(1000, id -> null);
            tree.walk((path, id) -> table.created(id, path));
            long[] bytes = new long[1];
            PodBatches batches = new PodBatches(Origin.here("benchmark", "node"), Numbers.FIRST, 256, Long.MAX_VALUE,
                    new LossCounters(), (batch, contents) -> bytes[0] += codec.encode(batch).length);
            EventDecoder decoder = new EventDecoder(table, batches, new NoCgroups(), 0, true);
            for (int round = 0; round < (run.quick() ? 3 : 10); round++) {
                load(run, container, "opens", 1e9, 200_000 / 1e9);
                long before = decoder.events();
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                sensor.precious().reader().drain(sensor.precious().reader().produced(), decoder);
                sensor.bulk().reader().drain(sensor.bulk().reader().produced(), decoder);
                batches.flushAll();
                double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
                if (round > 0) { // the first one warms
                    run.sample("drain", (decoder.events() - before) / seconds);
                }
            }
        }
        run.figure(Figure.of("drain_events_per_core_s", run.median("drain"), "events/s"));
    }

    private static final class NoCgroups implements CgroupListener {
        @Override
        public void created(long cgroup, String path) {}

        @Override
        public void removed(long cgroup) {}
    }

    /** @param made as the load says it @param cpuPercent of the collector meanwhile, of one core */
    private record Loaded(String made, double seconds, double cpuPercent) {}

    private static Loaded loaded(Run run, CollectorProcess collector, Path container, String kind, double rate,
            double seconds) throws Exception {
        double cpu = collector.cpuSeconds();
        long start = System.nanoTime();
        String made = load(run, container, kind, rate, seconds);
        double elapsed = (System.nanoTime() - start) / 1e9;
        return new Loaded(made, elapsed, (collector.cpuSeconds() - cpu) / elapsed * 100);
    }

    private static String load(Run run, Path container, String kind, double rate, double seconds) throws Exception {
        return Programs.run(run, "load", container, run.scratch(), kind, rate, seconds);
    }

    /** Until everything that was read is on the topic: the counters stand still. */
    private static void settle(CollectorProcess collector) throws Exception {
        double last = -1;
        for (int i = 0; i < 100; i++) {
            double now = collector.metric("kubeguardian_collector_bytes_sent_total")
                    + collector.metric("kubeguardian_collector_events_total");
            if (now == last) {
                return;
            }
            last = now;
            Thread.sleep(500);
        }
    }

    /** Bytes of the segments of the events topic in the broker's folder. */
    private static long topicBytes(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(kafka.clientProperties())) {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(Topics.EVENTS))
                    .mapToLong(replica -> replica.getValue().size()).sum();
        }
    }
}
