package io.kubeguardian.ingest;

import io.kubeguardian.ingest.ship.Sender;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import java.util.function.DoubleSupplier;

/** What the ingest counts; each has its own registry, so that several can live in one JVM. */
final class IngestMetrics implements Sender.Listener {
    private final CollectorRegistry registry = new CollectorRegistry();

    /** Results: taken, nothing (it says nothing to keep), malformed. */
    final Counter lines = Counter.build("kubeguardian_ingest_lines_total", "Lines of other sensors, by what became of them.")
            .labelNames("sensor", "via", "result").register(registry);
    final Counter bytes = Counter.build("kubeguardian_ingest_bytes_total", "Bytes of lines read.")
            .labelNames("sensor", "via").register(registry);
    private final Counter records = Counter.build("kubeguardian_ingest_records_total",
            "Records that Kafka acknowledged.").labelNames("topic").register(registry);
    private final Counter sentBytes = Counter.build("kubeguardian_ingest_sent_bytes_total",
            "Encoded bytes that Kafka acknowledged, before compression.").labelNames("topic").register(registry);
    private final Counter failures = Counter.build("kubeguardian_ingest_send_failures_total",
            "Attempts to send a record that failed and were made again.").labelNames("topic").register(registry);
    private final Counter tooLarge = Counter.build("kubeguardian_ingest_lost_records_total",
            "Records too large for Kafka, which are lost.").labelNames("topic").register(registry);
    /** Kinds: renamed, truncated, missed (gone before it was read). */
    final Counter rotations = Counter.build("kubeguardian_ingest_file_rotations_total", "Rotations of followed files.")
            .labelNames("file", "kind").register(registry);
    final Gauge lag = Gauge.build("kubeguardian_ingest_file_lag_bytes", "Bytes of the file not yet read.")
            .labelNames("file").register(registry);
    /** By HTTP status. */
    final Counter requests = Counter.build("kubeguardian_ingest_http_requests_total", "Requests, by their answer's status.")
            .labelNames("status").register(registry);
    final Gauge remembered = Gauge.build("kubeguardian_ingest_remembered",
            "Nodes, pods and program runs remembered.").labelNames("what").register(registry);

    IngestMetrics() {
        registry.register(new StandardExports());
        registry.register(new MemoryPoolsExports());
    }

    /** Portions that wait for Kafka. */
    void queued(DoubleSupplier portions) {
        Gauge.build("kubeguardian_ingest_queued_portions", "Portions of lines that wait to be sent.").create()
                .setChild(new Gauge.Child() {
                    @Override
                    public double get() {
                        return portions.getAsDouble();
                    }
                })
                .register(registry);
    }

    @Override
    public void sent(String topic, int size) {
        records.labels(topic).inc();
        sentBytes.labels(topic).inc(size);
    }

    @Override
    public void failed(String topic) {
        failures.labels(topic).inc();
    }

    @Override
    public void tooLarge(String topic, int size) {
        tooLarge.labels(topic).inc();
    }

    /** What Prometheus is to read. */
    CollectorRegistry registry() {
        return registry;
    }
}
