package io.kubeguardian.detection;

import io.kubeguardian.baseline.Activity;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;

/**
 * What a pod's batches tell its workload's baseline. How often things happen is counted in the pod's state and told by
 * the minute, so that no count is lost or told twice. One object serves a whole subtask.
 */
final class PodObservations {
    private static final long EVERY_MILLIS = 60_000;

    private final Observer observer;
    private final DetectMetrics metrics;

    PodObservations(BaselineSettings settings, DetectMetrics metrics) {
        this.observer = new Observer(settings);
        this.metrics = metrics;
    }

    /** Null when baselines are switched off. */
    Observer observer() {
        return observer.isOn() ? observer : null;
    }

    /** Before a batch is evaluated. */
    void begin(EventBatch batch, PodContext context, Completeness completeness, long now, PodState pod) {
        if (!observer.isOn()) {
            return;
        }
        if (pod.activity.length != Activity.COUNT) {
            pod.activity = new long[Activity.COUNT];
        }
        observer.begin(batch, about(context, completeness, batch.getBaseTime(), now), pod.activity);
    }

    /** After it: what is to be told; null: nothing. */
    Observation end(PodState pod) {
        if (!observer.isOn()) {
            return null;
        }
        Observation observation = observer.end();
        long millis = observation.time / 1_000_000;
        if (pod.activityAt == 0) {
            if (anything(pod.activity)) {
                pod.activityAt = millis + EVERY_MILLIS;
            }
        } else if (millis >= pod.activityAt) {
            tell(observation, pod);
        }
        long before = metrics.observations.getCount();
        metrics.observations.inc(observer.items() - before);
        metrics.observationsFull.inc(observer.full() - metrics.observationsFull.getCount());
        return observation.items.isEmpty() && observation.calls.isEmpty() && observation.activity.length == 0 ? null
                : observation;
    }

    /** The counts alone, of a pod that does nothing further. @param millis event time; null: there are none */
    Observation counts(PodContext context, Completeness completeness, long millis, long now, PodState pod) {
        if (pod.activityAt == 0) {
            return null;
        }
        Observation observation = about(context, completeness, Math.min(millis, pod.activityAt) * 1_000_000, now);
        tell(observation, pod);
        return observation;
    }

    private static void tell(Observation observation, PodState pod) {
        observation.activity = pod.activity.clone();
        pod.activity = new long[Activity.COUNT];
        pod.activityAt = 0;
    }

    private static boolean anything(long[] counts) {
        for (long count : counts) {
            if (count != 0) {
                return true;
            }
        }
        return false;
    }

    private static Observation about(PodContext context, Completeness completeness, long time, long now) {
        Observation observation = new Observation();
        observation.workload = context.workload();
        observation.key = Keys.workload(observation.workload);
        observation.pod = context.pod();
        observation.completeness = completeness;
        observation.time = time;
        observation.now = now;
        return observation;
    }
}
