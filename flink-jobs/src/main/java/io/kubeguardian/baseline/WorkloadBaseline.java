package io.kubeguardian.baseline;

import io.kubeguardian.schema.WorkloadRef;
import java.util.HashMap;
import java.util.Map;

/** What is kept of a workload besides its images' baselines. Flink POJO. Times are milliseconds of event time. */
public final class WorkloadBaseline {
    public WorkloadRef workload;
    public int nextSlot;
    public long lastSeen;
    /** Drifts told of late, by kind. */
    public Map<String, Integer> drifted = new HashMap<>();
    /** When those told long enough ago are next forgotten; 0: none are remembered. */
    public long tellAgainAt;
    /** When it is next looked at whether the workload is gone. */
    public long forgetAt;
    /** When what waits for the watermark is next looked at; 0: nothing waits. */
    public long waitingAt;
    /** Observations that wait. */
    public int waiting;
    /** When it is next looked at whether an image's baseline is ready; 0: none learns. */
    public long lookAt;
    /** When changed profiles are next published; 0: none are. */
    public long publishAt;
    /** End of the hour that is counted; 0: none is. */
    public long hourAt;
    /** Of the operator's last word that was applied: nanoseconds since the Unix epoch, and digest. */
    public long policyTime;
    public String policyDigest = "";
    public boolean frozen;
    /** The reset that was carried out, nanoseconds since the Unix epoch. */
    public long resetTime;
    /** Digests of imported profiles by image, as taken over. */
    public Map<String, String> imported = new HashMap<>();
}
