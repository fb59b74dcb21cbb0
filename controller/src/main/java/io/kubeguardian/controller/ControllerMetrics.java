package io.kubeguardian.controller;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;

/** What the controller counts; each controller has its own registry, so that several can live in one JVM. */
final class ControllerMetrics {
    private final CollectorRegistry registry = new CollectorRegistry();

    final Gauge leader = Gauge.build("kubeguardian_controller_leader", "1 while this replica is the one that publishes.")
            .register(registry);
    /** States: ready, invalid, other (an exception that has ended, or whose policies do not exist). */
    final Gauge sources = Gauge.build("kubeguardian_controller_policy_sources",
            "AdmissionPolicies, PolicyExceptions, RuntimePolicies and ConfigMaps, by state.").labelNames("state")
            .register(registry);
    final Gauge policies = Gauge.build("kubeguardian_controller_policies", "Admission and runtime policies in force.")
            .register(registry);
    final Gauge pods = Gauge.build("kubeguardian_controller_pods", "Pods on the topic that are not gone.").register(registry);
    /** Kinds: policy, exception, runtime-policy, namespace, pod, tombstone (of a pod), posture-tombstone. */
    final Counter published = Counter.build("kubeguardian_controller_records_total", "Records that Kafka has taken.")
            .labelNames("kind").register(registry);
    final Counter slipped = Counter.build("kubeguardian_controller_slipped_pods_total",
            "Pods that came in without a decision of the webhook, looked at and told afterwards.").register(registry);
    /** Parts: policies, status, pods, slipped, postures. */
    final Counter failures = Counter.build("kubeguardian_controller_failures_total",
            "Rounds that failed, by part; each is tried again.").labelNames("part").register(registry);
    final Gauge reconciled = Gauge.build("kubeguardian_controller_reconciled_timestamp_seconds",
            "When policies were last compared and published, seconds since the Unix epoch.").register(registry);
    final Counter watchFailures = Counter.build("kubeguardian_controller_watch_failures_total",
            "Lists and watches of the API server that failed and are tried again.").labelNames("kind").register(registry);

    ControllerMetrics() {
        for (String state : new String[] {"ready", "invalid", "other"}) {
            sources.labels(state);
        }
        for (String kind : new String[] {"policy", "exception", "runtime-policy", "namespace", "pod", "tombstone",
            "posture-tombstone"}) {
            published.labels(kind); // present from the start: an alert on a rate needs the zero
        }
        for (String part : new String[] {"policies", "status", "pods", "slipped", "postures"}) {
            failures.labels(part);
        }
        registry.register(new StandardExports());
        registry.register(new MemoryPoolsExports());
    }

    /** What Prometheus is to read. */
    CollectorRegistry registry() {
        return registry;
    }
}
