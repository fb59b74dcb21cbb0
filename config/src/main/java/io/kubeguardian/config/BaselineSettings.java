package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the workloads' baselines learn and how they judge, beside {@code detection.learningSeconds},
 * {@code detection.quietSeconds} and {@code detection.baselineLimit}. Serializable: it travels with the job's operators.
 *
 * @param kinds what is learned and judged, of {@link #KINDS}; a kind that is left out costs nothing
 * @param newItemsPerHour most new items per hour at which a baseline counts as saturated
 * @param staleSeconds a baseline that nothing was seen for so long is stale and learns anew, seconds
 * @param collapseAt so many items below one directory, network or domain become one pattern
 * @param observedItems items that a subtask remembers as told, so that they are not told again and again
 * @param publishSeconds least time between two publications of a profile that only learned, seconds
 * @param rateHours hours of activity that are learned before rates are judged
 * @param rateFloor a rate below so many in an hour is never a drift
 * @param rateFactorLeast the adaptive bound of a rate is at least its mean times this
 * @param rateFactorMost and at most its mean times this
 */
public record BaselineSettings(
        @JsonProperty(defaultValue =
                "[exec, parent, args, file, connect, listen, dns, user, capability, syscall, rate]") List<String> kinds,
        @JsonProperty(defaultValue = "4") int newItemsPerHour,
        @JsonProperty(defaultValue = "604800") int staleSeconds,
        @JsonProperty(defaultValue = "64") int collapseAt,
        @JsonProperty(defaultValue = "131072") int observedItems,
        @JsonProperty(defaultValue = "60") int publishSeconds,
        @JsonProperty(defaultValue = "24") int rateHours,
        @JsonProperty(defaultValue = "100") int rateFloor,
        @JsonProperty(defaultValue = "2") double rateFactorLeast,
        @JsonProperty(defaultValue = "20") double rateFactorMost)
        implements Serializable {
    /** Every kind that there is. */
    public static final List<String> KINDS = List.of(
            "exec", "parent", "args", "file", "connect", "listen", "dns", "user", "capability", "syscall", "rate");

    public BaselineSettings {
        kinds = List.copyOf(kinds);
        Set<String> known = new HashSet<>(KINDS);
        for (String kind : kinds) {
            if (!known.contains(kind)) {
                throw new ConfigException("baseline.kinds: there is no kind " + kind + Nearest.hint(kind, KINDS)
                        + "; known: " + String.join(", ", KINDS));
            }
        }
        Check.between("baseline.newItemsPerHour", newItemsPerHour, 0, 1000);
        Check.between("baseline.staleSeconds", staleSeconds, 60, 31_536_000);
        Check.between("baseline.collapseAt", collapseAt, 8, 10_000);
        Check.between("baseline.observedItems", observedItems, 1024, 1 << 24);
        Check.between("baseline.publishSeconds", publishSeconds, 1, 86_400);
        Check.between("baseline.rateHours", rateHours, 1, 10_000);
        Check.between("baseline.rateFloor", rateFloor, 0, 1_000_000_000);
        Check.between("baseline.rateFactorLeast", rateFactorLeast, 1, 1000);
        Check.between("baseline.rateFactorMost", rateFactorMost, rateFactorLeast, 10_000);
    }

    /** Nothing is learned. */
    public static BaselineSettings off() {
        BaselineSettings d = defaults();
        return new BaselineSettings(List.of(), d.newItemsPerHour, d.staleSeconds, d.collapseAt, d.observedItems,
                d.publishSeconds, d.rateHours, d.rateFloor, d.rateFactorLeast, d.rateFactorMost);
    }

    /** What holds without a configuration. */
    public static BaselineSettings defaults() {
        return ConfigReader.read(null, Map.of()).baseline();
    }
}
