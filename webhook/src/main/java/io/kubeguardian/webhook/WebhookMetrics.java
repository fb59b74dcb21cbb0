package io.kubeguardian.webhook;

import io.kubeguardian.schema.Topics;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import java.util.function.DoubleSupplier;

/** What the webhook counts; each webhook has its own registry, so that several can live in one JVM. */
final class WebhookMetrics {
    private final CollectorRegistry registry = new CollectorRegistry();

    /** Outcomes: allowed, warned, mutated, denied, expired, invalid, too_large, timeout, aborted, busy, not_ready, failed. */
    final Counter requests = Counter.build("kubeguardian_webhook_requests_total", "Admission requests by outcome.")
            .labelNames("outcome", "dry_run").register(registry);
    final Counter denials = Counter.build("kubeguardian_webhook_denials_total", "Reasons of denials, by check.")
            .labelNames("check", "dry_run").register(registry);
    final Counter findings = Counter.build("kubeguardian_webhook_findings_total",
                    "Findings of checks and policies in what was judged, whether they decided or not.")
            .labelNames("check").register(registry);
    final Counter policies = Counter.build("kubeguardian_webhook_policies_total",
            "Objects judged by each of the user's own policies.").labelNames("policy").register(registry);
    final Counter unprovenClaims = Counter.build("kubeguardian_webhook_unproven_claims_total",
            "Objects let in that say that they are another workload's, not made by its controller: its posture stays as it is.")
            .register(registry);
    final Counter postures = Counter.build("kubeguardian_webhook_postures_total",
            "Workloads whose findings changed, passed on to kubeguardian.posture.").register(registry);
    final Counter sentRecords = Counter.build("kubeguardian_webhook_records_sent_total",
            "Records of audit and posture that the broker has.").labelNames("topic").register(registry);
    /** Causes: queue (it was full), broker (it did not take it in time), refused (too large, no right), closed. */
    final Counter lostRecords = Counter.build("kubeguardian_webhook_records_lost_total",
            "Records of audit and posture that were lost.").labelNames("topic", "cause").register(registry);
    final Histogram seconds = Histogram.build("kubeguardian_webhook_request_seconds",
                    "From the whole body of a request to its answer, seconds.")
            .buckets(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1).register(registry);
    final Gauge riskWorkloads = Gauge.build("kubeguardian_webhook_risk_workloads", "Workloads in the risk view.")
            .register(registry);
    /** Results: applied, removed, malformed. */
    final Counter riskRecords = Counter.build("kubeguardian_webhook_risk_records_total",
            "Records read from the risk topic.").labelNames("result").register(registry);
    /** Causes: limit (the view was full), decayed. */
    final Counter riskDropped = Counter.build("kubeguardian_webhook_risk_dropped_total",
            "Workloads dropped from the risk view.").labelNames("cause").register(registry);
    final Counter learnedDropped = Counter.build("kubeguardian_webhook_learned_dropped_total",
            "Profiles of workloads that found no room; their containers are left as they are.").register(registry);
    final Counter podsDropped = Counter.build("kubeguardian_webhook_pods_dropped_total",
            "Words on running pods that found no room; whoever gets into those is not judged by risk.").register(registry);
    final Gauge riskReady = Gauge.build("kubeguardian_webhook_risk_ready",
            "1 once the view has caught up with the topic as it was at start.").register(registry);
    final Gauge brokerUp = Gauge.build("kubeguardian_webhook_broker_up",
            "1 while the broker answers; the webhook goes on with what it has when it does not.").register(registry);
    final Gauge riskLag = Gauge.build("kubeguardian_webhook_risk_lag_records",
            "Records of the risk topic not yet read, as of the broker's last answer.").register(registry);
    final Counter policyFailures = Counter.build("kubeguardian_webhook_policy_failures_total",
            "Policies that came and could not be used; those before stay in force.").register(registry);
    /** Results: sent, failed. */
    final Counter deadLetters = Counter.build("kubeguardian_webhook_dead_letters_total",
            "Malformed records passed on to kubeguardian.dead-letters.").labelNames("result").register(registry);

    WebhookMetrics() {
        for (String cause : new String[] {"limit", "decayed"}) {
            riskDropped.labels(cause); // present from the start: an alert on a rate needs the zero
        }
        for (String topic : new String[] {Topics.ADMISSION_AUDIT, Topics.POSTURE}) {
            sentRecords.labels(topic);
            lostRecords.labels(topic, "queue");
            lostRecords.labels(topic, "broker");
        }
        requests.labels("expired", "false");
        for (String result : new String[] {"sent", "failed"}) {
            deadLetters.labels(result);
        }
        registry.register(new StandardExports());
        registry.register(new MemoryPoolsExports());
    }

    /** How long ago the view was last known to hold everything on the topic, seconds; NaN before the first time. */
    void freshness(DoubleSupplier seconds) {
        gauge("kubeguardian_webhook_risk_age_seconds",
                "Seconds since the view was last known to hold everything on the risk topic.", seconds);
    }

    /** How many records of audit and posture wait. */
    void outbox(DoubleSupplier waiting) {
        gauge("kubeguardian_webhook_outbox_records", "Records of audit and posture that wait for the broker.", waiting);
    }

    /** When the certificate in use ends, seconds since the Unix epoch. */
    void certificateEnds(DoubleSupplier time) {
        gauge("kubeguardian_webhook_certificate_ends_seconds",
                "When the certificate in use ends, seconds since the Unix epoch.", time);
    }

    private void gauge(String name, String help, DoubleSupplier value) {
        Gauge.build(name, help).create().setChild(new Gauge.Child() {
            @Override
            public double get() {
                return value.getAsDouble();
            }
        }).register(registry);
    }

    /** For parts that count their own. */
    CollectorRegistry registry() {
        return registry;
    }
}
