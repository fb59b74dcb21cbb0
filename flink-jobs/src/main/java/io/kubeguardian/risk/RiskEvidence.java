package io.kubeguardian.risk;

import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.WorkloadRef;

/** Something that changes the risk of one entity. Flink POJO: of the last three fields at most one is set. */
public final class RiskEvidence {
    /** The key of the entity's record on kubeguardian.risk. */
    public String key = "";
    public RiskEntity entity = RiskEntity.WORKLOAD;
    /** Whom it is about, as RiskScore has it. */
    public WorkloadRef subject;
    /** Of a pod. */
    public String podUid = "";
    /** Kind and name of the factor. */
    public String kind = "";
    public String name = "";
    /** Of a first one of its kind and name. */
    public double points;
    public String reason = "";
    public String evidenceId = "";
    /** Nanoseconds since the Unix epoch. */
    public long time;
    public Completeness completeness;
    /** What it came from, where a decision may follow. */
    public Incident incident;
    /** What stands in place of a factor: a pod as it is now (or gone), and admission's findings. */
    public PodMetadata pod;
    public Posture posture;

    public RiskEvidence() {}

    RiskEvidence(RiskEntity entity, String key, WorkloadRef subject, String podUid, long time) {
        this.entity = entity;
        this.key = key;
        this.subject = subject;
        this.podUid = podUid;
        this.time = time;
    }
}
