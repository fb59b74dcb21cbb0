package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The ingest of other people's sensors.
 *
 * @param cluster name of the cluster, first part of every workload's key
 * @param node for lines that name no node; empty: the host name
 * @param tetragonFiles files that Tetragon exports its events to, followed as they grow and rotate
 * @param falcoFiles files that Falco writes its JSON alerts to, followed as they grow and rotate
 * @param stateFile where the positions in those files are kept over a restart
 * @param pollMillis how often the files are looked at, milliseconds
 * @param maxLineBytes longest line that is read, bytes; longer ones are dead letters
 * @param describePods tell of pods what their events tell; false where something else describes them
 * @param port port that takes lines by POST; 0: any free one, -1: none
 * @param host address to listen on
 * @param certificate PEM file with the certificate chain; empty: plain HTTP
 * @param privateKey PEM file with the PKCS#8 private key; empty together with {@code certificate}
 * @param clientAuthority PEM file with the authorities of clients' certificates; empty: none is asked for
 * @param maxRequestBytes largest body that is read, also when unpacked, bytes
 * @param managementPort plain-HTTP port of /metrics, /healthz and /readyz; 0: any free one, -1: none
 */
public record IngestSettings(
        @JsonProperty(defaultValue = "default") String cluster,
        @JsonProperty(defaultValue = "") String node,
        @JsonProperty(defaultValue = "[]") List<String> tetragonFiles,
        @JsonProperty(defaultValue = "[]") List<String> falcoFiles,
        @JsonProperty(defaultValue = "/var/lib/kubeguardian/ingest.json") String stateFile,
        @JsonProperty(defaultValue = "100") int pollMillis,
        @JsonProperty(defaultValue = "1048576") int maxLineBytes,
        @JsonProperty(defaultValue = "true") boolean describePods,
        @JsonProperty(defaultValue = "-1") int port,
        @JsonProperty(defaultValue = "0.0.0.0") String host,
        @JsonProperty(defaultValue = "") String certificate,
        @JsonProperty(defaultValue = "") String privateKey,
        @JsonProperty(defaultValue = "") String clientAuthority,
        @JsonProperty(defaultValue = "1048576") int maxRequestBytes,
        @JsonProperty(defaultValue = "9468") int managementPort) {
    public IngestSettings {
        tetragonFiles = List.copyOf(tetragonFiles);
        falcoFiles = List.copyOf(falcoFiles);
        Check.notBlank("ingest.cluster", cluster);
        Check.notBlank("ingest.stateFile", stateFile);
        Check.between("ingest.pollMillis", pollMillis, 1, 60_000);
        Check.between("ingest.maxLineBytes", maxLineBytes, 1024, 16 << 20);
        Check.between("ingest.port", port, -1, 65_535);
        Check.between("ingest.maxRequestBytes", maxRequestBytes, 1024, 16 << 20);
        Check.between("ingest.managementPort", managementPort, -1, 65_535);
        Set<String> files = new HashSet<>();
        for (List<String> some : List.of(tetragonFiles, falcoFiles)) {
            for (String file : some) {
                if (!files.add(file)) {
                    throw new ConfigException("ingest: " + file + " stands twice among the files; each is read once");
                }
            }
        }
        if (certificate.isEmpty() != privateKey.isEmpty()) {
            throw new ConfigException("ingest.certificate and ingest.privateKey go together; one of them is missing");
        }
        if (!clientAuthority.isEmpty() && certificate.isEmpty()) {
            throw new ConfigException("ingest.clientAuthority needs ingest.certificate: clients show theirs over TLS only");
        }
    }
}
