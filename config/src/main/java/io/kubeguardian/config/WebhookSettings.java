package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

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
 * @param budgetMillis time for a request from its last byte to the decision, milliseconds; 0: as long as it takes
 * @param onExpiry what becomes of a request whose time is over: {@code allow}, with a warning, or {@code deny}
 * @param clientAuthority PEM file with the authorities of whom callers must show a certificate; empty: none is asked for
 * @param clientNames common or DNS names of which a caller's certificate must have one; empty: any
 * @param auditQueue most records of audit and posture that wait for the broker
 * @param jsonLogs logs as JSON, one object a line, in the Elastic Common Schema
 * @param traceEndpoint URL that takes spans as OTLP over HTTP, as http://collector:4318/v1/traces; empty: none are made
 * @param traceRatio share of requests that are traced when the caller has not decided it, 0 to 1
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
        @JsonProperty(defaultValue = "50") int budgetMillis,
        @JsonProperty(defaultValue = "allow") String onExpiry,
        @JsonProperty(defaultValue = "") String clientAuthority,
        @JsonProperty(defaultValue = "[]") List<String> clientNames,
        @JsonProperty(defaultValue = "1000") int auditQueue,
        @JsonProperty(defaultValue = "false") boolean jsonLogs,
        @JsonProperty(defaultValue = "") String traceEndpoint,
        @JsonProperty(defaultValue = "0.1") double traceRatio,
        @JsonProperty(defaultValue = "9466") int managementPort) {
    public WebhookSettings {
        Check.notBlank("webhook.cluster", cluster);
        Check.between("webhook.port", port, 0, 65_535);
        Check.between("webhook.denyAtRisk", denyAtRisk, 0, 100);
        Check.between("webhook.maxRequestBytes", maxRequestBytes, 1024, 64 << 20);
        Check.between("webhook.riskLimit", riskLimit, 16, 10_000_000);
        Check.between("webhook.budgetMillis", budgetMillis, 0, 30_000);
        Check.between("webhook.auditQueue", auditQueue, 1, 1_000_000);
        Check.between("webhook.traceRatio", traceRatio, 0, 1);
        Check.between("webhook.managementPort", managementPort, -1, 65_535);
        if (certificate.isEmpty() != privateKey.isEmpty()) {
            throw new ConfigException("webhook.certificate and webhook.privateKey go together; one of them is missing");
        }
        if (!onExpiry.equals("allow") && !onExpiry.equals("deny")) {
            throw new ConfigException("webhook.onExpiry is \"" + onExpiry + "\", must be allow or deny");
        }
        if (!clientAuthority.isEmpty() && certificate.isEmpty()) {
            throw new ConfigException("webhook.clientAuthority needs webhook.certificate and webhook.privateKey");
        }
        if (!clientNames.isEmpty() && clientAuthority.isEmpty()) {
            throw new ConfigException("webhook.clientNames needs webhook.clientAuthority");
        }
        clientNames = List.copyOf(clientNames);
    }
}
