package io.kubeguardian.ingest;

import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What other sensors say of pods, told on when it is new: at a pod's first event, and when a container or anything else
 * of it was not known. A pod long silent is told to be gone, as its sensor never will. Not thread safe.
 */
public final class Pods {
    /** Most pods remembered; the longest silent one is forgotten, and told anew should it turn up again. */
    static final int MOST = 16_384;
    static final int MOST_CONTAINERS = 64;
    /** As long as the job remembers a silent pod. */
    static final long SILENT_MILLIS = 7L * 24 * 3600 * 1000;

    private static final class Seen {
        PodMetadata metadata;
        long lastSeen;
    }

    private final String cluster;
    private final boolean tell;
    private final Consumer<PodMetadata> sink;
    private final Map<String, Seen> pods = new LinkedHashMap<>(64, 0.75f, true);

    /** @param tell false: somebody else describes the pods of this cluster, and knows more of them */
    Pods(String cluster, boolean tell, Consumer<PodMetadata> sink) {
        this.cluster = cluster;
        this.tell = tell;
        this.sink = sink;
    }

    /**
     * The UID of a pod that is known by name alone: a name-based UUID (version 3, which Kubernetes never gives), the same
     * for every pod of that name.
     */
    public String substituteUid(String namespace, String name) {
        return UUID.nameUUIDFromBytes((cluster + '/' + namespace + '/' + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /**
     * A pod was seen.
     *
     * @param pod with the container that was seen, or none; {@code updatedAt} is the time
     */
    public void seen(PodMetadata pod) {
        if (!tell || pod.getNamespace().isEmpty() || pod.getName().isEmpty()) {
            return;
        }
        long now = pod.getUpdatedAt();
        Seen known = pods.get(pod.getUid());
        if (known == null) {
            forgetSilent(now);
            known = new Seen();
            pods.put(pod.getUid(), known);
        } else {
            pod.setContainers(merged(known.metadata.getContainers(), pod.getContainers()));
            pod.setUpdatedAt(known.metadata.getUpdatedAt()); // to compare all but the time
        }
        known.lastSeen = Math.max(known.lastSeen, now);
        if (!pod.equals(known.metadata)) {
            pod.setUpdatedAt(now);
            known.metadata = pod;
            sink.accept(pod);
        }
    }

    /** A container keeps its place: two that take turns are no news. Beyond the limit the first seen goes. */
    private static List<ContainerMetadata> merged(List<ContainerMetadata> known, List<ContainerMetadata> seen) {
        Map<String, ContainerMetadata> all = new LinkedHashMap<>();
        known.forEach(container -> all.put(container.getId(), container));
        seen.forEach(container -> all.put(container.getId(), container));
        List<ContainerMetadata> merged = new ArrayList<>(all.values());
        return merged.size() <= MOST_CONTAINERS ? merged : merged.subList(merged.size() - MOST_CONTAINERS, merged.size());
    }

    private void forgetSilent(long now) {
        for (Iterator<Seen> all = pods.values().iterator(); all.hasNext();) {
            Seen oldest = all.next();
            boolean silent = now - oldest.lastSeen >= SILENT_MILLIS;
            if (!silent && pods.size() < MOST) {
                return;
            }
            all.remove();
            if (silent) {
                sink.accept(PodMetadata.newBuilder(oldest.metadata).setDeleted(true).setUpdatedAt(now).build());
            }
        }
    }

    /** How many pods are remembered. */
    public int size() {
        return pods.size();
    }
}
