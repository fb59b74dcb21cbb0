package io.kubeguardian.detection;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the detect operator counts, per subtask. */
final class DetectMetrics {
    final Counter decoded;
    final Counter events;
    final Counter malformed;
    final Counter duplicates;
    final Counter missing;
    final Counter lost;
    final Counter evicted;
    final Counter unresolved;
    final Counter hits;
    final Counter failures;
    final Counter repeats;
    final Counter repeatsNotTold;
    final Counter observations;
    final Counter foreign;
    final Counter bundlesAccepted;
    final Counter bundlesRejected;

    DetectMetrics(MetricGroup group) {
        decoded = group.counter("decodedBatches");
        events = group.counter("events");
        malformed = group.counter("malformed");
        duplicates = group.counter("duplicateBatches");
        missing = group.counter("missingBatches");
        lost = group.counter("lostEvents");
        evicted = group.counter("evictedProcesses");
        unresolved = group.counter("unresolvedBatches");
        hits = group.counter("hits");
        failures = group.counter("ruleFailures");
        repeats = group.counter("repeatsHeldBack");
        repeatsNotTold = group.counter("repeatsNotTold");
        observations = group.counter("observations");
        foreign = group.counter("foreignSignals");
        bundlesAccepted = group.counter("ruleBundlesAccepted");
        bundlesRejected = group.counter("ruleBundlesRejected");
    }
}
