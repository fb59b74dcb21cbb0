package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;

/**
 * What follows from risk.
 *
 * @param policy file with the policy (YAML); empty: contain at {@code detection.containAtRisk}
 * @param containedWorkloads most workloads of a cluster that the job contains at once; more are held for a person
 * @param containedPerMinute most containments of a cluster in a minute; more are held for a person
 * @param approvalSeconds how long a decision waits for a person, seconds
 */
public record DecisionSettings(
        @JsonProperty(defaultValue = "") String policy,
        @JsonProperty(defaultValue = "10") int containedWorkloads,
        @JsonProperty(defaultValue = "20") int containedPerMinute,
        @JsonProperty(defaultValue = "3600") int approvalSeconds)
        implements Serializable {
    public DecisionSettings {
        Check.between("decisions.containedWorkloads", containedWorkloads, 0, 100_000);
        Check.between("decisions.containedPerMinute", containedPerMinute, 0, 100_000);
        Check.between("decisions.approvalSeconds", approvalSeconds, 1, 604_800);
    }
}
