package io.kubeguardian.webhook;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.DoubleSupplier;

/** What the webhook counts; each webhook has its own registry, so that several can live in one JVM. */
final class WebhookMetrics {
    private final CollectorRegistry registry = new CollectorRegistry();

    /** Outcomes: allowed, denied, invalid, too_large, timeout, aborted, busy, not_ready, failed. */
    final Counter requests = Counter.build("kubeguardian_webhook_requests_total", "Admission requests by outcome.")
            .labelNames("outcome", "dry_run").register(registry);
    final Counter denials = Counter.build("kubeguardian_webhook_denials_total", "Reasons of denials, by check.")
            .labelNames("check", "dry_run").register(registry);
    final Histogram seconds = Histogram.build("kubeguardian_webhook_request_seconds",
                    "Time to judge a request whose body is read, seconds.")
            .buckets(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1).register(registry);
    final Gauge riskWorkloads = Gauge.build("kubeguardian_webhook_risk_workloads", "Workloads in the risk view.")
            .register(registry);
    /** Results: applied, removed, malformed. */
    final Counter riskRecords = Counter.build("kubeguardian_webhook_risk_records_total",
            "Records read from the risk topic.").labelNames("result").register(registry);
    /** Causes: limit (the view was full), decayed. */
    final Counter riskDropped = Counter.build("kubeguardian_webhook_risk_dropped_total",
            "Workloads dropped from the risk view.").labelNames("cause").register(registry);
    final Gauge riskReady = Gauge.build("kubeguardian_webhook_risk_ready",
            "1 once the view has caught up with the topic as it was at start.").register(registry);
    final Gauge brokerUp = Gauge.build("kubeguardian_webhook_broker_up",
            "1 while the broker answers; the webhook goes on with what it has when it does not.").register(registry);
    final Gauge riskLag = Gauge.build("kubeguardian_webhook_risk_lag_records",
            "Records of the risk topic not yet read, as of the broker's last answer.").register(registry);
    /** Results: sent, failed. */
    final Counter deadLetters = Counter.build("kubeguardian_webhook_dead_letters_total",
            "Malformed records passed on to kubeguardian.dead-letters.").labelNames("result").register(registry);

    WebhookMetrics() {
        for (String cause : new String[] {"limit", "decayed"}) {
            riskDropped.labels(cause); // present from the start: an alert on a rate needs the zero
        }
        for (String result : new String[] {"sent", "failed"}) {
            deadLetters.labels(result);
        }
        registry.register(new StandardExports());
        registry.register(new MemoryPoolsExports());
    }

    /** How long ago the view was last known to hold everything on the topic, seconds; NaN before the first time. */
    void freshness(DoubleSupplier seconds) {
        Gauge.build("kubeguardian_webhook_risk_age_seconds",
                        "Seconds since the view was last known to hold everything on the risk topic.")
                .create()
                .setChild(new Gauge.Child() {
                    @Override
                    public double get() {
                        return seconds.getAsDouble();
                    }
                })
                .register(registry);
    }

    /** For parts that count their own. */
    CollectorRegistry registry() {
        return registry;
    }

    /** All of it in Prometheus' text format 0.0.4. */
    String text() {
        StringWriter out = new StringWriter(8192);
        try {
            TextFormat.write004(out, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        return out.toString();
    }
}
