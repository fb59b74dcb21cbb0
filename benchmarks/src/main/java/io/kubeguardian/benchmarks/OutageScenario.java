package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.sensor.Sensor;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Kafka goes away under a collector that has enough to do, and comes back: memory stays bounded, bulk events are given up
 * first and counted, precious ones last, and on return it goes on.
 */
final class OutageScenario implements Scenario {
    private static final int RATE = 2_000;
    private static final String PREFIX = "kubeguardian_collector_";
    private static final int LONGEST_RETURN_SECONDS = 120;

    @Override
    public String name() {
        return "outage";
    }

    @Override
    public String describes() {
        return "ten minutes without Kafka: memory, what is given up, and when everything is sent afterwards";
    }

    @Override
    public void measure(Run run) throws Exception {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            throw new UnavailableException("kernel sensors cannot run here: " + problem);
        }
        int seconds = run.quick() ? 30 : 600;
        Map<String, String> settings = new HashMap<>();
        settings.put("KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", "0");
        if (run.quick()) {
            settings.put("KUBEGUARDIAN_COLLECTOR_BACKLOG_BYTES", Integer.toString(4 << 20));
        }
        try (Cgroups cgroups = new Cgroups(); EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            settings.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
            Path container = cgroups.container();
            Process load = Programs.start(run, "load", container, run.scratch(), "mix", RATE, 3_600);
            try (CollectorProcess collector = CollectorProcess.start(run, cgroups.monitored(), settings)) {
                Thread.sleep(run.quick() ? 3_000 : 20_000); // warm
                outage(run, kafka, collector, seconds);
            } finally {
                load.destroy();
                load.waitFor();
            }
        }
    }

    private static void outage(Run run, EmbeddedKafka kafka, CollectorProcess collector, int seconds) throws Exception {
        double rssBefore = collector.residentMegabytes();
        double cpu = collector.cpuSeconds();
        run.progress("Kafka goes away for %d s", seconds);
        kafka.stop();
        long began = System.nanoTime();
        double firstBulk = -1;
        double firstPrecious = -1;
        double mostRss = 0;
        double mostBacklog = 0;
        for (double at = 0; at < seconds; at = (System.nanoTime() - began) / 1e9) {
            Thread.sleep(1_000);
            double rss = collector.residentMegabytes();
            double backlog = collector.metric(PREFIX + "backlog_bytes") / (1 << 20);
            mostRss = Math.max(mostRss, rss);
            mostBacklog = Math.max(mostBacklog, backlog);
            firstBulk = firstBulk < 0 && shed(collector, "bulk") > 0 ? at : firstBulk;
            firstPrecious = firstPrecious < 0 && shed(collector, "precious") > 0 ? at : firstPrecious;
            run.sample("rss_mb", rss);
            run.sample("backlog_mb", backlog);
            run.sample("bulk_shed", shed(collector, "bulk"));
            run.sample("precious_shed", shed(collector, "precious"));
        }
        double percent = (collector.cpuSeconds() - cpu) / ((System.nanoTime() - began) / 1e9) * 100;
        double ready = collector.metric(PREFIX + "ready");
        double bulk = shed(collector, "bulk");
        double precious = shed(collector, "precious");
        double sent = collector.metric(PREFIX + "batches_sent_total");
        run.progress("Kafka comes back");
        kafka.restart();
        long back = System.nanoTime();
        double took = -1;
        while (took < 0 && (System.nanoTime() - back) / 1e9 < LONGEST_RETURN_SECONDS) {
            Thread.sleep(200);
            boolean all = collector.metric(PREFIX + "backlog_records", "state=\"waiting\"") < 20
                    && collector.metric(PREFIX + "batches_sent_total") > sent && collector.metric(PREFIX + "ready") == 1;
            took = all ? (System.nanoTime() - back) / 1e9 : -1;
        }
        if (took < 0) {
            throw new IllegalStateException("not all was sent " + LONGEST_RETURN_SECONDS + " s after Kafka came back");
        }
        run.figure(Figure.of("outage_s", seconds, "s"));
        run.figure(Figure.against("rss_mb_most", mostRss, "MiB", rssBefore));
        run.figure(Figure.against("backlog_mb_most", mostBacklog, "MiB",
                collector.metric(PREFIX + "backlog_limit_bytes") / (1 << 20)));
        run.figure(Figure.of("cpu_percent_meanwhile", percent, "% of a core"));
        run.figure(Figure.of("ready_meanwhile", ready, "1: yes"));
        run.figure(Figure.of("bulk_first_shed_s", firstBulk, "s; -1: never"));
        run.figure(Figure.of("precious_first_shed_s", firstPrecious, "s; -1: never"));
        run.figure(Figure.of("bulk_shed", bulk, "events"));
        run.figure(Figure.of("precious_shed", precious, "events"));
        run.figure(Figure.of("sent_after_s", took, "s"));
        run.figure(Figure.of("send_failed", collector.metric(PREFIX + "lost_events_total", "cause=\"send_failed\""), "events"));
        run.figure(Figure.of("rings_lost", collector.metric(PREFIX + "lost_events_total", "cause=\"ring_full\""), "events"));
    }

    private static double shed(CollectorProcess collector, String eventClass) throws Exception {
        return collector.metric(PREFIX + "lost_events_total", "class=\"" + eventClass + "\",cause=\"queue_full\"");
    }
}
