package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The admission webhook.
 *
 * @param cluster name of the cluster that it serves; the first part of a workload's key
 * @param port port of the TLS server; 0: any free one
 * @param host address to listen on
 * @param certificate PEM file with the certificate chain; empty: a self-signed one made at start (for one machine)
 * @param privateKey PEM file with the PKCS#8 private key; empty together with {@code certificate}
 * @param denyAtRisk risk score from which a workload's new pods are denied, 0 to 100
 * @param denyPrivileged deny pods with a privileged container
 * @param maxRequestBytes largest AdmissionReview that is read, bytes
 * @param riskLimit most workloads whose risk is kept in memory; beyond it those with the lowest risk go
 * @param managementPort plain-HTTP port of /metrics, /healthz and /readyz; 0: any free one, -1: none
 */
public record WebhookSettings(
        @JsonProperty(defaultValue = "default") String cluster,
        @JsonProperty(defaultValue = "8443") int port,
        @JsonProperty(defaultValue = "0.0.0.0") String host,
        @JsonProperty(defaultValue = "") String certificate,
        @JsonProperty(defaultValue = "") String privateKey,
        @JsonProperty(defaultValue = "70") double denyAtRisk,
        @JsonProperty(defaultValue = "true") boolean denyPrivileged,
        @JsonProperty(defaultValue = "3145728") int maxRequestBytes,
        @JsonProperty(defaultValue = "20000") int riskLimit,
        @JsonProperty(defaultValue = "9466") int managementPort) {
    public WebhookSettings {
        Check.notBlank("webhook.cluster", cluster);
        Check.between("webhook.port", port, 0, 65_535);
        Check.between("webhook.denyAtRisk", denyAtRisk, 0, 100);
        Check.between("webhook.maxRequestBytes", maxRequestBytes, 1024, 64 << 20);
        Check.between("webhook.riskLimit", riskLimit, 16, 10_000_000);
        Check.between("webhook.managementPort", managementPort, -1, 65_535);
        if (certificate.isEmpty() != privateKey.isEmpty()) {
            throw new ConfigException("webhook.certificate and webhook.privateKey go together; one of them is missing");
        }
    }
}
