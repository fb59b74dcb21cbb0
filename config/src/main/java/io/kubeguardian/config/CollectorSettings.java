package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;

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
 * @param batchMillis longest time an event waits in its pod's batch, milliseconds
 * @param batchEvents most events in one batch
 * @param queueBatches most batches waiting for Kafka before new ones are dropped and counted
 * @param healthSeconds interval of the health records, seconds
 * @param metricsPort port of /metrics, /healthz and /readyz; 0: any free one, -1: none
 */
public record CollectorSettings(
        @JsonProperty(defaultValue = "default") String cluster,
        @JsonProperty(defaultValue = "") String node,
        @JsonProperty(defaultValue = "") String cgroup,
        @JsonProperty(defaultValue = "1048576") int preciousRingBytes,
        @JsonProperty(defaultValue = "4194304") int bulkRingBytes,
        @JsonProperty(defaultValue = "AUTO") SensorHooks hooks,
        @JsonProperty(defaultValue = "20") int batchMillis,
        @JsonProperty(defaultValue = "256") int batchEvents,
        @JsonProperty(defaultValue = "4096") int queueBatches,
        @JsonProperty(defaultValue = "5") int healthSeconds,
        @JsonProperty(defaultValue = "9465") int metricsPort) {
    public CollectorSettings {
        Check.notBlank("collector.cluster", cluster);
        powerOfTwo("collector.preciousRingBytes", preciousRingBytes);
        powerOfTwo("collector.bulkRingBytes", bulkRingBytes);
        Check.between("collector.batchMillis", batchMillis, 1, 10_000);
        Check.between("collector.batchEvents", batchEvents, 1, 10_000);
        Check.between("collector.queueBatches", queueBatches, 1, 1_000_000);
        Check.between("collector.healthSeconds", healthSeconds, 1, 3600);
        Check.between("collector.metricsPort", metricsPort, -1, 65_535);
    }

    private static void powerOfTwo(String key, int bytes) {
        if (bytes < 4096 || Integer.bitCount(bytes) != 1) {
            throw new ConfigException(key + " is " + bytes + ", must be a power of two of at least 4096");
        }
    }
}
