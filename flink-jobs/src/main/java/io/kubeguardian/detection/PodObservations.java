package io.kubeguardian.detection;

import io.kubeguardian.baseline.Activity;
import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.runtimepolicy.PolicyWatch;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.runtimepolicy.WorkloadAllowance;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Signal;
import org.apache.flink.util.Collector;

/**
 * What a pod's batches tell its workload's baseline, and what of it breaks the workload's runtime policy. How often
 * things happen is counted in the pod's state and told by the minute, so that no count is lost or told twice. One object
 * serves a whole subtask.
 */
final class PodObservations {
    private static final long EVERY_MILLIS = 60_000;

    private final Observer observer;
    private final RuntimePolicies policies;
    private final PolicyWatch watch;
    private final DetectMetrics metrics;
    private Observation observation;
    /** Of the batch at hand; null: no policy is about its workload. */
    private WorkloadAllowance allowance;

    PodObservations(BaselineSettings baseline, RuntimePolicies policies, PolicyWatch watch, DetectMetrics metrics) {
        this.observer = new Observer(baseline);
        this.policies = policies;
        this.watch = watch;
        this.metrics = metrics;
    }

    /** Where there are no policies. */
    static PodObservations ofBaselines(BaselineSettings baseline, DetectMetrics metrics) {
        return new PodObservations(baseline, new RuntimePolicies(metrics.policiesRefused::inc), null, metrics);
    }

    /** Before a batch is evaluated. @return who is to be told what happens; null: nobody wants to know */
    Observer begin(EventBatch batch, PodContext context, Completeness completeness, long now, PodState pod) {
        allowance = policies.isEmpty() ? null : policies.of(Keys.workload(context.workload()));
        if (!observer.isOn() && allowance == null) {
            return null;
        }
        if (pod.activity.length != Activity.COUNT) {
            pod.activity = new long[Activity.COUNT];
        }
        observation = about(context, completeness, batch.getBaseTime(), now);
        observer.begin(batch, observation, pod.activity, allowance);
        return observer;
    }

    /** After it: tells what of it the workload's policy does not allow. */
    void judge(Collector<Signal> out) throws Exception {
        if (allowance != null) {
            watch.judge(observation, allowance, out);
            observation.items.removeIf(item -> !observer.isLearned(ItemKind.of(item.kind)));
            if (!observer.isLearned(ItemKind.SYSCALL)) {
                observation.calls.clear();
            }
        }
    }

    /** Then: what the baseline is to be told; null: nothing. */
    Observation end(PodState pod) {
        if (!observer.isOn() && allowance == null) {
            return null;
        }
        observer.end();
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

    /** The current key's pod is gone. */
    void clear() {
        watch.clear();
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
