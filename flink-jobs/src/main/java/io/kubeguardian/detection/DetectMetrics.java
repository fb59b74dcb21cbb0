package io.kubeguardian.detection;

import io.kubeguardian.intel.IntelView;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
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
    final Counter observationsFull;
    final Counter foreign;
    final Counter podsRead;
    final Counter podsPutAway;
    final Counter bundlesAccepted;
    final Counter bundlesRejected;
    final Counter policyBreaches;
    final Counter policyRepeats;
    final Counter policyNotTold;
    final Counter policiesRefused;

    private final MetricGroup group;

    DetectMetrics(MetricGroup group) {
        this.group = group;
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
        observationsFull = group.counter("observationsFull");
        foreign = group.counter("foreignSignals");
        podsRead = group.counter("podsRead");
        podsPutAway = group.counter("podsPutAway");
        bundlesAccepted = group.counter("ruleBundlesAccepted");
        bundlesRejected = group.counter("ruleBundlesRejected");
        policyBreaches = group.counter("policyBreaches");
        policyRepeats = group.counter("policyRepeatsHeldBack");
        policyNotTold = group.counter("policyBreachesNotTold");
        policiesRefused = group.counter("runtimePoliciesRefused");
    }

    /** Which runtime policies are in force. */
    void policies(RuntimePolicies policies) {
        group.gauge("runtimePolicies", policies::size);
    }

    /** What of threat intelligence is in force. */
    void intel(IntelView view) {
        group.gauge("intelFeeds", () -> view.current().feeds());
        group.gauge("intelIndicators", () -> view.current().indicators());
    }
}
