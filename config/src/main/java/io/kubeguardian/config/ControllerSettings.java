package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The policy controller.
 *
 * @param cluster name of the cluster that it watches; the first part of a workload's key
 * @param namespace its own: of its lease, and of the ConfigMaps that hold policies
 * @param pods tell pods on kubeguardian.pods
 * @param resyncSeconds how often everything is compared anew without a change, seconds; exceptions that end need it
 * @param tombstoneSeconds how long a pod that is gone stays on the topic as deleted, seconds
 * @param slippedHours how far back pods are looked at that no webhook decided about, hours; 0: none are
 * @param postureSeconds after how long without a pod what admission found of a workload is taken back, seconds; 0: never. The
 *     webhook goes by it, too: it tells a posture anew after half of that
 * @param leaseSeconds after how long without a word of the leader another replica takes over, seconds
 * @param host address to listen on
 * @param managementPort plain-HTTP port of /metrics, /healthz and /readyz; 0: any free one, -1: none
 */
public record ControllerSettings(
        @JsonProperty(defaultValue = "default") String cluster,
        @JsonProperty(defaultValue = "kubeguardian") String namespace,
        @JsonProperty(defaultValue = "true") boolean pods,
        @JsonProperty(defaultValue = "60") int resyncSeconds,
        @JsonProperty(defaultValue = "600") int tombstoneSeconds,
        @JsonProperty(defaultValue = "24") int slippedHours,
        @JsonProperty(defaultValue = "3600") int postureSeconds,
        @JsonProperty(defaultValue = "15") int leaseSeconds,
        @JsonProperty(defaultValue = "0.0.0.0") String host,
        @JsonProperty(defaultValue = "9469") int managementPort) {
    public ControllerSettings {
        Check.notBlank("controller.cluster", cluster);
        Check.notBlank("controller.namespace", namespace);
        Check.between("controller.resyncSeconds", resyncSeconds, 1, 3_600);
        Check.between("controller.tombstoneSeconds", tombstoneSeconds, 0, 86_400);
        Check.between("controller.slippedHours", slippedHours, 0, 8_760);
        if (postureSeconds != 0) {
            Check.between("controller.postureSeconds", postureSeconds, 60, 30 * 86_400);
        }
        Check.between("controller.leaseSeconds", leaseSeconds, 3, 300);
        Check.between("controller.managementPort", managementPort, -1, 65_535);
    }
}
