package io.kubeguardian.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeguardian.config.ControllerSettings;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.PodMetadata;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Takes pods from the API server to {@code kubeguardian.pods}. A pod that is gone is said to be deleted at once, and stays so
 * for {@code controller.tombstoneSeconds}: events of its last moments still find its name.
 */
final class PodSync implements AutoCloseable {
    private static final AvroCodec<PodMetadata> CODEC = AvroCodec.of(PodMetadata.class);
    private static final String BY_UID = "uid";
    private static final String BY_OWNER = "owner";
    /** Most pods of one round: what Kafka does not take is made again in the next. */
    private static final int MOST_AT_ONCE = 1_000;

    private final ControllerSettings settings;
    private final LongSupplier term;
    private final KeyedTopic topic;
    private final ControllerMetrics metrics;
    private final Clock clock;
    private final Loop loop;
    private final Watched<Pod> pods;
    private final Watched<ReplicaSet> replicaSets;
    private final Watched<Job> jobs;
    private final PodRecords records;
    /** UIDs of pods to look at; as many as there are pods at most. */
    private final Set<String> changed = new LinkedHashSet<>();
    /** What the topic holds of this cluster, by UID, as far as others did not publish after {@link #knownIn}. */
    private Map<String, PodMetadata> published = Map.of();
    /** The term of leadership in which it was read; 0: it was not. */
    private long knownIn;
    private volatile long caughtUpIn;

    /** @param term of this replica's leadership, see {@link Leadership#term} */
    PodSync(
            KubernetesClient client, ControllerSettings settings, LongSupplier term, KeyedTopic topic,
            ControllerMetrics metrics, Clock clock) {
        this.settings = settings;
        this.term = term;
        this.topic = topic;
        this.metrics = metrics;
        this.clock = clock;
        this.loop = new Loop("pods", Duration.ofSeconds(settings.resyncSeconds()), this::round,
                () -> metrics.failures.labels("pods").inc());
        this.pods = new Watched<>("Pod", client.pods().inAnyNamespace(),
                Map.of(BY_UID, pod -> List.of(pod.getMetadata().getUid()), BY_OWNER, PodSync::owner),
                (before, after) -> {
                    look(before); // a pod of the same name may be another one
                    look(after);
                }, metrics);
        this.replicaSets = new Watched<>("ReplicaSet", client.apps().replicaSets().inAnyNamespace(), Map.of(),
                this::ofOwner, metrics);
        this.jobs = new Watched<>("Job", client.batch().v1().jobs().inAnyNamespace(), Map.of(), this::ofOwner, metrics);
        this.records = new PodRecords(settings.cluster(), new Owners(replicaSets::get, jobs::get));
    }

    private static List<String> owner(Pod pod) {
        OwnerReference owner = Owners.controller(pod);
        return owner == null || owner.getUid() == null ? List.of() : List.of(owner.getUid());
    }

    private void look(Pod pod) {
        if (pod != null) {
            look(pod.getMetadata().getUid());
        }
    }

    private void look(String uid) {
        synchronized (changed) {
            changed.add(uid);
        }
        loop.ring();
    }

    /** An owner that came, or got another owner, changes whose its pods are; one that went leaves them as they are. */
    private void ofOwner(HasMetadata before, HasMetadata after) {
        if (after != null && (before == null || !before.getMetadata().getOwnerReferences()
                .equals(after.getMetadata().getOwnerReferences()))) {
            pods.indexed(BY_OWNER, after.getMetadata().getUid()).forEach(this::look);
        }
    }

    void begin() {
        replicaSets.begin();
        jobs.begin();
        pods.begin();
        loop.begin();
    }

    /** Leadership came or went. */
    void ring() {
        loop.ring();
    }

    boolean alive() {
        return loop.alive();
    }

    /** Why pods are not known or not published yet; empty: they are. */
    String readiness() {
        if (!synced()) {
            return "still listing pods and their owners";
        }
        long now = term.getAsLong();
        return now != 0 && now != caughtUpIn ? "pods are not published yet" : "";
    }

    /** All that are in the cluster. @throws IllegalStateException while they are not known */
    Collection<Pod> all() {
        if (!pods.synced()) {
            throw new IllegalStateException(readiness());
        }
        return pods.all();
    }

    /** Keys of all workloads that have pods. @throws IllegalStateException while they are not known */
    Set<String> workloads() {
        if (!synced()) {
            throw new IllegalStateException(readiness());
        }
        Set<String> workloads = new HashSet<>();
        pods.all().forEach(pod -> workloads.add(records.workload(pod)));
        return workloads;
    }

    private boolean synced() {
        return pods.synced() && replicaSets.synced() && jobs.synced();
    }

    private void round() {
        long now = term.getAsLong();
        if (now == 0) {
            take(); // who becomes the leader looks at every pod
            published = Map.of();
            knownIn = 0;
            return;
        }
        if (!synced()) {
            throw new IllegalStateException(readiness());
        }
        boolean first = knownIn != now;
        if (first) {
            load();
            knownIn = now;
        }
        Set<String> uids = take();
        // Whatever was missed while nobody watched: pods that are gone, and pods that are not there yet.
        published.forEach((uid, pod) -> {
            if (!pod.getDeleted() && pods.indexed(BY_UID, uid).isEmpty()) {
                uids.add(uid);
            }
        });
        pods.all().stream().map(pod -> pod.getMetadata().getUid())
                .filter(uid -> first || !published.containsKey(uid)).forEach(uids::add);
        Map<String, PodMetadata> changes = changes(uids);
        List<String> over = over();
        over.removeAll(changes.keySet());
        try {
            publish(changes, over);
        } catch (RuntimeException e) {
            synchronized (changed) {
                changed.addAll(uids);
            }
            throw e;
        }
        metrics.pods.set(published.values().stream().filter(pod -> !pod.getDeleted()).count());
        caughtUpIn = now;
    }

    private void load() {
        Map<String, PodMetadata> read = KeyedTopic.decode(topic.load(key -> true), PodMetadata.class);
        // Of other clusters other controllers tell.
        read.entrySet().removeIf(entry -> !entry.getValue().getCluster().equals(settings.cluster())
                || !entry.getValue().getUid().equals(entry.getKey()));
        published = new HashMap<>(read);
    }

    private Set<String> take() {
        synchronized (changed) {
            Set<String> taken = new LinkedHashSet<>(changed);
            changed.clear();
            return taken;
        }
    }

    /** What differs from what is published, by UID. */
    private Map<String, PodMetadata> changes(Set<String> uids) {
        Map<String, PodMetadata> changes = new LinkedHashMap<>();
        long now = clock.millis();
        for (String uid : uids) {
            PodMetadata before = published.get(uid);
            List<Pod> found = pods.indexed(BY_UID, uid);
            if (!found.isEmpty()) {
                PodMetadata record = records.of(found.getFirst(), now);
                if (before == null || !PodRecords.same(before, record)) {
                    changes.put(uid, record);
                }
            } else if (before != null && !before.getDeleted()) {
                changes.put(uid, PodMetadata.newBuilder(before).setDeleted(true).setUpdatedAt(now).build());
            }
        }
        return changes;
    }

    /** Pods that are gone for long enough. */
    private List<String> over() {
        long last = clock.millis() - settings.tombstoneSeconds() * 1_000L;
        List<String> over = new ArrayList<>();
        published.forEach((uid, pod) -> {
            if (pod.getDeleted() && pod.getUpdatedAt() <= last) {
                over.add(uid);
            }
        });
        return over;
    }

    private void publish(Map<String, PodMetadata> changes, List<String> over) {
        List<Map.Entry<String, PodMetadata>> all = new ArrayList<>(changes.entrySet());
        for (int from = 0; from < all.size(); from += MOST_AT_ONCE) {
            Map<String, byte[]> some = new LinkedHashMap<>();
            List<Map.Entry<String, PodMetadata>> part = all.subList(from, Math.min(all.size(), from + MOST_AT_ONCE));
            part.forEach(entry -> some.put(entry.getKey(), CODEC.encode(entry.getValue())));
            send(some);
            part.forEach(entry -> published.put(entry.getKey(), entry.getValue()));
            metrics.published.labels("pod").inc(some.size());
        }
        Map<String, byte[]> tombstones = new HashMap<>();
        over.forEach(uid -> tombstones.put(uid, null));
        send(tombstones);
        published.keySet().removeAll(over);
        metrics.published.labels("tombstone").inc(over.size());
    }

    private void send(Map<String, byte[]> records) {
        if (term.getAsLong() != knownIn) {
            throw new IllegalStateException("no longer the leader");
        }
        topic.send(records);
    }

    @Override
    public void close() {
        pods.close();
        replicaSets.close();
        jobs.close();
        loop.close();
    }
}
