package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;

/**
 * Models of behaviour in the detection job. Serializable: it travels with the job's operators.
 *
 * @param enabled count what models need; false: no window is made, and no model scores
 * @param windowSeconds length of the windows, seconds; models of other windows are refused
 * @param lateSeconds how long after its end a window waits for late parts, seconds
 * @param leastWindows windows of a workload that are scored before one can be an anomaly
 * @param falseAlertRate share of a workload's windows that its own threshold lets through, 0 to 1
 * @param thresholdLow lowest score that a workload's threshold moves to
 * @param thresholdHigh highest score that it moves to: a score above it is an anomaly whatever the workload's habits
 * @param onnx take models with networks of others, which native code reads and runs
 * @param modelLimit most models of names and workloads together
 */
public record ModelSettings(
        @JsonProperty(defaultValue = "true") boolean enabled,
        @JsonProperty(defaultValue = "60") int windowSeconds,
        @JsonProperty(defaultValue = "5") int lateSeconds,
        @JsonProperty(defaultValue = "30") int leastWindows,
        @JsonProperty(defaultValue = "0.01") double falseAlertRate,
        @JsonProperty(defaultValue = "0.55") double thresholdLow,
        @JsonProperty(defaultValue = "0.9") double thresholdHigh,
        @JsonProperty(defaultValue = "false") boolean onnx,
        @JsonProperty(defaultValue = "500") int modelLimit)
        implements Serializable {
    public ModelSettings {
        Check.between("models.windowSeconds", windowSeconds, 1, 3600);
        Check.between("models.lateSeconds", lateSeconds, 0, 3600);
        Check.between("models.leastWindows", leastWindows, 1, 100_000);
        Check.between("models.falseAlertRate", falseAlertRate, 0, 1);
        Check.between("models.thresholdLow", thresholdLow, 0, 1);
        Check.between("models.thresholdHigh", thresholdHigh, 0, 1);
        Check.between("models.modelLimit", modelLimit, 1, 100_000);
        if (thresholdLow > thresholdHigh) {
            throw new ConfigException("models.thresholdLow is " + thresholdLow + ", above models.thresholdHigh, which is "
                    + thresholdHigh);
        }
    }
}
