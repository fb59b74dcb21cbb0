package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.ingest.NodeBatches;
import io.kubeguardian.ingest.Pods;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.PodMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * The processes of Tetragon's events. Those that began before this reader did are told once, as found running, from
 * what later events repeat of them: a process and its parent are in every event.
 */
final class Cast {
    private final String cluster;
    private final NodeBatches batches;
    private final Pods pods;
    private final BootIds bootIds;
    private final Identities identities = new Identities();

    Cast(String cluster, NodeBatches batches, Pods pods, BootIds bootIds) {
        this.cluster = cluster;
        this.batches = batches;
        this.pods = pods;
        this.bootIds = bootIds;
    }

    /**
     * Finds out who acts.
     *
     * @param starts the event itself tells of the program
     */
    Scene enter(String node, long time, TetragonProcess process, List<TetragonProcess> ancestors, boolean starts) {
        String boot = bootIds.of(node, process.startTime(), process.execId().ktime());
        Identity identity = identities.of(boot, process, ancestors);
        for (int i = ancestors.size() - 1; i >= 0; i--) {
            TetragonProcess ancestor = ancestors.get(i);
            boolean earlierProgram = ancestor.pid() == process.pid();
            if (identities.tell(boot, ancestor) && !earlierProgram) {
                introduce(node, boot, time, ancestor, i + 1 < ancestors.size() ? ancestors.get(i + 1) : null);
            }
        }
        if (identities.tell(boot, process) && !starts) {
            introduce(node, boot, time, process, ancestors.isEmpty() ? null : ancestors.get(0));
        }
        String podUid = podUid(node, time, process);
        return new Scene(node, boot, time, process, ancestors, podUid,
                new EventWriter(batches, node, boot, podUid, process, identity, time));
    }

    private void introduce(String node, String boot, long time, TetragonProcess process, TetragonProcess parent) {
        String podUid = podUid(node, time, process);
        EventWriter writer =
                new EventWriter(batches, node, boot, podUid, process, identities.of(boot, process, List.of()), time);
        // A tree holds the processes of one pod: a parent elsewhere would be a stranger in it.
        if (process.isForkOnly() && parent != null && podUid(node, time, parent).equals(podUid)) {
            writer.forkedBy(parent, identities.of(boot, parent, List.of()));
        } else {
            writer.exec(EventBits.EXEC_FOUND_RUNNING, List.of(), exec -> {});
        }
    }

    private String podUid(String node, long time, TetragonProcess process) {
        TetragonPod pod = process.pod();
        if (pod == null) {
            return "";
        }
        String uid = pod.uid().isEmpty() ? pods.substituteUid(pod.namespace(), pod.name()) : pod.uid();
        List<ContainerMetadata> containers = new ArrayList<>();
        if (!pod.containerId().isEmpty()) {
            containers.add(new ContainerMetadata(pod.containerId(), pod.containerName(), pod.image(), pod.digest(),
                    pod.privileged(), pod.startedAt()));
        }
        // Before v1.1 it has a workload without its kind.
        String kind = pod.workload().isEmpty() || !pod.workloadKind().isEmpty() ? pod.workloadKind() : "Workload";
        pods.seen(new PodMetadata(cluster, uid, pod.namespace(), pod.name(), node, kind, pod.workload(), "",
                new HashMap<>(pod.labels()), containers, false, time / 1_000_000, false, false, false));
        return uid;
    }

    /** Program runs remembered. */
    int size() {
        return identities.size();
    }
}
