package io.kubeguardian.ml.stream;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the scoring of windows counts. */
final class ModelMetrics {
    final Counter windows;
    final Counter scores;
    final Counter anomalies;
    final Counter late;
    final Counter partsDropped;
    final Counter tokensDropped;
    final Counter thresholdChanges;
    final Counter accepted;
    final Counter refused;
    final Counter unusable;

    ModelMetrics(MetricGroup group) {
        windows = group.counter("windows");
        scores = group.counter("scores");
        anomalies = group.counter("anomalies");
        late = group.counter("lateWindowParts");
        partsDropped = group.counter("windowPartsDropped");
        tokensDropped = group.counter("sequenceTokensDropped");
        thresholdChanges = group.counter("thresholdChanges");
        accepted = group.counter("modelsAccepted");
        refused = group.counter("modelsRefused");
        unusable = group.counter("modelsUnusable");
    }
}
