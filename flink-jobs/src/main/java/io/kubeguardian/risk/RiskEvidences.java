package io.kubeguardian.risk;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.util.Collector;

/** Whose risk a signal, an incident, a pod or a finding changes: one piece of evidence for each entity. */
public final class RiskEvidences {
    /** Most entities of one kind that an incident counts for. */
    private static final int MOST_OF_A_KIND = 16;

    private RiskEvidences() {}

    static void of(Signal signal, Collector<RiskEvidence> out) {
        double points = RiskModel.base(signal);
        if (points <= 0) {
            return;
        }
        for (RiskEvidence evidence : entities(List.of(signal), signal.getEventTime()).values()) {
            evidence.kind = RiskModel.kind(signal);
            evidence.name = signal.getRule();
            evidence.points = points;
            evidence.reason = sentence(signal.getOutput());
            evidence.evidenceId = signal.getId();
            evidence.completeness = signal.getCompleteness();
            out.collect(evidence);
        }
    }

    /** An incident that is over adds nothing: its last evidence counted when it came. */
    static void of(Incident incident, Collector<RiskEvidence> out) {
        if (incident.getState() == IncidentState.CLOSED) {
            return;
        }
        Map<String, RiskEvidence> all = entities(incident.getSignals(), incident.getLastEventTime());
        workload(incident.getWorkload(), incident.getLastEventTime(), all);
        for (RiskEvidence evidence : all.values()) {
            evidence.kind = RiskModel.INCIDENT;
            evidence.name = incident.getTitle();
            evidence.points = RiskModel.base(incident);
            evidence.reason = incident.getTitle() + ": " + incident.getSignals().size() + " signals";
            evidence.evidenceId = incident.getId();
            evidence.completeness = incident.getCompleteness();
            evidence.incident = evidence.entity == RiskEntity.WORKLOAD ? incident : null;
            out.collect(evidence);
        }
    }

    private static Map<String, RiskEvidence> entities(List<Signal> signals, long time) {
        Map<String, RiskEvidence> all = new TreeMap<>();
        int[] counts = new int[RiskEntity.values().length];
        for (Signal signal : signals) {
            WorkloadRef of = signal.getWorkload();
            String cluster = of.getCluster();
            add(all, counts, RiskEntity.WORKLOAD, of, "", Keys.workload(of), time);
            if (!signal.getPod().getUid().isEmpty()) {
                add(all, counts, RiskEntity.POD, of, signal.getPod().getUid(), Keys.pod(signal.getPod().getUid()), time);
            }
            group(all, counts, RiskEntity.NODE, cluster, "Node", signal.getPod().getNode(), time);
            group(all, counts, RiskEntity.IMAGE, cluster, "Image", signal.getImage(), time);
            group(all, counts, RiskEntity.NAMESPACE, cluster, "Namespace", of.getNamespace(), time);
        }
        return all;
    }

    private static void group(
            Map<String, RiskEvidence> all, int[] counts, RiskEntity entity, String cluster, String kind, String name,
            long time) {
        if (!name.isEmpty()) {
            WorkloadRef subject = new WorkloadRef(cluster, entity == RiskEntity.NAMESPACE ? name : "", kind, name);
            add(all, counts, entity, subject, "", Keys.group(entity, cluster, name), time);
        }
    }

    private static void add(
            Map<String, RiskEvidence> all, int[] counts, RiskEntity entity, WorkloadRef subject, String podUid, String key,
            long time) {
        if (!all.containsKey(key) && counts[entity.ordinal()]++ < MOST_OF_A_KIND) {
            all.put(key, new RiskEvidence(entity, key, subject, podUid, time));
        }
    }

    private static void workload(WorkloadRef workload, long time, Map<String, RiskEvidence> all) {
        all.computeIfAbsent(Keys.workload(workload),
                key -> new RiskEvidence(RiskEntity.WORKLOAD, key, workload, "", time));
    }

    /** What admission found of a workload. */
    public static RiskEvidence of(Posture posture) {
        RiskEvidence evidence = new RiskEvidence(RiskEntity.WORKLOAD, Keys.workload(posture.getWorkload()),
                posture.getWorkload(), "", posture.getTime());
        evidence.completeness = new Completeness(true, 0L, 0L);
        evidence.posture = posture;
        return evidence;
    }

    /**
     * What a new word on a pod changes: of its workload always its labels, of the pod itself its exposure.
     *
     * @param before what was known of it, or null
     * @param now with {@code deleted} when it is gone
     */
    public static void of(PodMetadata before, PodMetadata now, WorkloadRef workload, Consumer<RiskEvidence> out) {
        int exposure = now.getDeleted() ? 0 : Exposure.of(now);
        int exposureBefore = before == null ? 0 : Exposure.of(before);
        boolean same = before != null && !now.getDeleted() && exposure == exposureBefore
                && before.getLabels().equals(now.getLabels());
        if (same) {
            return;
        }
        long time = now.getUpdatedAt() * 1_000_000;
        pod(new RiskEvidence(RiskEntity.WORKLOAD, Keys.workload(workload), workload, "", time), now, out);
        if (exposure != exposureBefore) {
            pod(new RiskEvidence(RiskEntity.POD, Keys.pod(now.getUid()), workload, now.getUid(), time), now, out);
        }
    }

    private static void pod(RiskEvidence evidence, PodMetadata pod, Consumer<RiskEvidence> out) {
        evidence.completeness = new Completeness(true, 0L, 0L);
        evidence.pod = pod;
        out.accept(evidence);
    }

    /** By Falco's convention an output is a sentence, then " | " and the fields: a reason is the sentence alone. */
    private static String sentence(String output) {
        int fields = output.indexOf(" | ");
        return fields < 0 ? output : output.substring(0, fields);
    }
}
