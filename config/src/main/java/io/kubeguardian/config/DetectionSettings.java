package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;

/**
 * The Flink detection job. Serializable: it travels with the job's operators.
 *
 * @param rules Falco rule files or folders; empty: the rules that come with KubeGuardian
 * @param patterns Sigma correlation files or folders; empty: the patterns that come with KubeGuardian
 * @param checkpointSeconds interval of checkpoints, seconds
 * @param checkpointFolder where checkpoints are kept (URI); empty: the cluster's own setting
 * @param disorderMillis how late an event may come behind a newer one, milliseconds
 * @param metadataWaitMillis how long an event waits for its pod's metadata, milliseconds
 * @param processLimit most processes remembered per pod
 * @param processesInMemory most processes of all pods that a subtask keeps in memory before its state
 * @param learningSeconds least time a baseline learns, seconds
 * @param quietSeconds time over which a baseline must have been as good as without news to be ready, seconds
 * @param baselineLimit most items of a kind that a baseline remembers one by one
 * @param riskHalfLifeSeconds time in which risk halves when nothing is added, seconds
 * @param containAtRisk risk score from which the containers involved are contained; above 100: never
 * @param containSeconds how long a containment lasts, seconds
 * @param containExceptPaths programs and files that a containment lets through, as {@code kubeguardian contain} takes them
 * @param containExceptDestinations where a contained container may still connect to, likewise
 * @param alertBudget most signals of one priority about one workload that become alerts in a window; 0: no bound
 * @param alertBudgetSeconds how long that window is, seconds
 * @param incidentQuietSeconds time without a further match or anything new after which an incident closes, seconds
 */
public record DetectionSettings(
        @JsonProperty(defaultValue = "[]") List<String> rules,
        @JsonProperty(defaultValue = "[]") List<String> patterns,
        @JsonProperty(defaultValue = "10") int checkpointSeconds,
        @JsonProperty(defaultValue = "") String checkpointFolder,
        @JsonProperty(defaultValue = "200") int disorderMillis,
        @JsonProperty(defaultValue = "5000") int metadataWaitMillis,
        @JsonProperty(defaultValue = "4096") int processLimit,
        @JsonProperty(defaultValue = "100000") int processesInMemory,
        @JsonProperty(defaultValue = "3600") int learningSeconds,
        @JsonProperty(defaultValue = "900") int quietSeconds,
        @JsonProperty(defaultValue = "2000") int baselineLimit,
        @JsonProperty(defaultValue = "3600") int riskHalfLifeSeconds,
        @JsonProperty(defaultValue = "80") double containAtRisk,
        @JsonProperty(defaultValue = "900") int containSeconds,
        @JsonProperty(defaultValue = "[]") List<String> containExceptPaths,
        @JsonProperty(defaultValue = "[]") List<String> containExceptDestinations,
        @JsonProperty(defaultValue = "100") int alertBudget,
        @JsonProperty(defaultValue = "3600") int alertBudgetSeconds,
        @JsonProperty(defaultValue = "900") int incidentQuietSeconds)
        implements Serializable {
    public DetectionSettings {
        rules = List.copyOf(rules);
        patterns = List.copyOf(patterns);
        containExceptPaths = List.copyOf(containExceptPaths);
        containExceptDestinations = List.copyOf(containExceptDestinations);
        Check.between("detection.checkpointSeconds", checkpointSeconds, 1, 86_400);
        Check.between("detection.disorderMillis", disorderMillis, 0, 600_000);
        Check.between("detection.metadataWaitMillis", metadataWaitMillis, 0, 600_000);
        Check.between("detection.processLimit", processLimit, 16, 1_000_000);
        Check.between("detection.processesInMemory", processesInMemory, 16, 10_000_000);
        Check.between("detection.learningSeconds", learningSeconds, 1, 31_536_000);
        Check.between("detection.quietSeconds", quietSeconds, 1, 31_536_000);
        Check.between("detection.baselineLimit", baselineLimit, 16, 1_000_000);
        Check.between("detection.riskHalfLifeSeconds", riskHalfLifeSeconds, 1, 31_536_000);
        Check.between("detection.containAtRisk", containAtRisk, 1, 1000);
        Check.between("detection.containSeconds", containSeconds, 1, 31_536_000);
        Check.between("detection.alertBudget", alertBudget, 0, 1_000_000);
        Check.between("detection.alertBudgetSeconds", alertBudgetSeconds, 1, 86_400);
        Check.between("detection.incidentQuietSeconds", incidentQuietSeconds, 1, 86_400);
    }
}
