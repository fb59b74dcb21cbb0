package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The node collector.
 *
 * @param cluster name of the cluster, first part of every workload's key
 * @param node name of the node; empty: the host name
 * @param cgroup the cgroup whose whole subtree is monitored, absolute or below the cgroup v2 mount; empty: the
 *     kubelet's ({@code kubepods.slice} or {@code kubepods})
 * @param preciousRingBytes size of the kernel ring for rare events, bytes, a power of two
 * @param bulkRingBytes size of the kernel ring for frequent events, bytes, a power of two
 * @param hooks ways into the kernel: {@code AUTO} or {@code TRACEPOINTS}
 * @param openRepeatMillis an open for reading is only counted when the same process sent one like it (same program, user,
 *     file, path as given, flags) less than this ago, milliseconds; 0: all are sent
 * @param batchMillis longest time an event waits in the kernel's ring and its pod's batch, milliseconds
 * @param batchEvents most events in one batch
 * @param backlogBytes most bytes that may wait for Kafka or be under way to it, the producer's buffer included; beyond
 *     it events are given up, bulk ones first, and counted
 * @param drainSeconds how long a stop may take to send what there is, seconds
 * @param stateFolder where it leaves to the next run where it stood; empty: nowhere, each run begins a new epoch
 * @param healthSeconds interval of the health records, seconds
 * @param maskSecrets whether what looks like a secret in arguments, environment and texts of calls is masked
 * @param environment names of the environment variables that are kept, at most 8 of at most 31 letters
 * @param syscallCountSeconds interval of the counts of system calls, seconds; 0: they are not counted
 * @param metricsPort port of /metrics, /healthz and /readyz; 0: any free one, -1: none
 */
public record CollectorSettings(
        @JsonProperty(defaultValue = "default") String cluster,
        @JsonProperty(defaultValue = "") String node,
        @JsonProperty(defaultValue = "") String cgroup,
        @JsonProperty(defaultValue = "1048576") int preciousRingBytes,
        @JsonProperty(defaultValue = "4194304") int bulkRingBytes,
        @JsonProperty(defaultValue = "AUTO") SensorHooks hooks,
        @JsonProperty(defaultValue = "1000") int openRepeatMillis,
        @JsonProperty(defaultValue = "100") int batchMillis,
        @JsonProperty(defaultValue = "512") int batchEvents,
        @JsonProperty(defaultValue = "16777216") int backlogBytes,
        @JsonProperty(defaultValue = "5") int drainSeconds,
        @JsonProperty(defaultValue = "") String stateFolder,
        @JsonProperty(defaultValue = "5") int healthSeconds,
        @JsonProperty(defaultValue = "true") boolean maskSecrets,
        @JsonProperty(defaultValue = "[LD_PRELOAD, LD_AUDIT, LD_LIBRARY_PATH]") List<String> environment,
        @JsonProperty(defaultValue = "10") int syscallCountSeconds,
        @JsonProperty(defaultValue = "9465") int metricsPort) {
    /** Room in the kernel's table, see {@code bpf/include/environment.h}. */
    private static final int MOST_NAMES = 8;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,30}");

    public CollectorSettings {
        Check.notBlank("collector.cluster", cluster);
        powerOfTwo("collector.preciousRingBytes", preciousRingBytes);
        powerOfTwo("collector.bulkRingBytes", bulkRingBytes);
        Check.between("collector.openRepeatMillis", openRepeatMillis, 0, 3_600_000);
        Check.between("collector.batchMillis", batchMillis, 1, 10_000);
        Check.between("collector.batchEvents", batchEvents, 1, 10_000);
        Check.between("collector.backlogBytes", backlogBytes, 4 << 20, 1 << 30);
        Check.between("collector.drainSeconds", drainSeconds, 1, 300);
        Check.between("collector.healthSeconds", healthSeconds, 1, 3600);
        environment = names(environment);
        Check.between("collector.syscallCountSeconds", syscallCountSeconds, 0, 300);
        Check.between("collector.metricsPort", metricsPort, -1, 65_535);
    }

    private static List<String> names(List<String> environment) {
        if (environment.size() > MOST_NAMES) {
            throw new ConfigException("collector.environment has " + environment.size() + " names, at most " + MOST_NAMES);
        }
        for (String name : environment) {
            if (name == null || !NAME.matcher(name).matches()) {
                throw new ConfigException("collector.environment: " + name
                        + " is not the name of a variable (letters, digits, underscores; at most 31)");
            }
        }
        return List.copyOf(environment);
    }

    private static void powerOfTwo(String key, int bytes) {
        if (bytes < 4096 || Integer.bitCount(bytes) != 1) {
            throw new ConfigException(key + " is " + bytes + ", must be a power of two of at least 4096");
        }
    }
}
