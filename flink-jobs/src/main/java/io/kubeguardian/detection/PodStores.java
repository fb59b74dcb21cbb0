package io.kubeguardian.detection;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.runtimepolicy.PolicyWatch;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * All that keyed state has of a pod but the records that wait ({@link MetadataWait}).
 *
 * @param inHand what it is and the processes that it has
 * @param names what the addresses are called that it asked for
 * @param guard what it was told of lately
 * @param observations what its baseline is to be told, and what its policy was told
 */
record PodStores(PodsInHand inHand, HostNamesInState names, RepeatGuard guard, PodObservations observations) {
    /** @param keys sets the key that keyed state is read and written under */
    static PodStores open(
            RuntimeContext runtime, DetectionSettings settings, BaselineSettings baseline, RuntimePolicies policies,
            KeyContext keys, DetectMetrics metrics) {
        return new PodStores(
                new PodsInHand(runtime, settings.processLimit(), settings.processesInMemory(), keys, metrics),
                new HostNamesInState(runtime.getMapState(HostNamesInState.descriptor())),
                new RepeatGuard(runtime.getMapState(RepeatGuard.descriptor()), metrics),
                new PodObservations(baseline, policies, new PolicyWatch(settings, runtime, metrics.policyBreaches,
                        metrics.policyRepeats, metrics.policyNotTold), metrics));
    }

    /** All of the pod goes but its metadata. The current key must be its. */
    void forget(HeldPod held) {
        inHand.forget(held);
        names.clear();
        guard.clear();
        observations.clear();
    }
}
