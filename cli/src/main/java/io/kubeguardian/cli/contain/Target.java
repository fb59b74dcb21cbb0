package io.kubeguardian.cli.contain;

import io.kubeguardian.schema.WorkloadRef;

/**
 * What is to be contained, as far as it is known.
 *
 * @param node empty: whichever runs it
 * @param podUid empty: not known, the container id alone says which
 * @param containerId empty: every container of the pod
 * @param name for a person
 */
record Target(String cluster, String node, String podUid, String containerId, WorkloadRef workload, String name) {
    /** Of a container that no pod's metadata names. */
    static Target unknown(String cluster, String podUid, String containerId) {
        return new Target(cluster, "", podUid, containerId, new WorkloadRef(cluster, "", "", ""),
                containerId.isEmpty() ? "pod " + podUid : "container " + containerId.substring(0, 12));
    }
}
