package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.Map;

/**
 * How every part reaches Kafka.
 *
 * @param bootstrapServers host:port, comma separated
 * @param authority PEM file with the certificates of the authorities that sign the brokers'; empty: those that Java trusts
 * @param certificate PEM file with the client's own certificate chain; empty: none
 * @param privateKey PEM file with its PKCS#8 private key
 * @param properties further Kafka client properties as they are (security.protocol, sasl.…)
 */
public record KafkaSettings(
        @JsonProperty(defaultValue = "localhost:9092") String bootstrapServers,
        @JsonProperty(defaultValue = "") String authority,
        @JsonProperty(defaultValue = "") String certificate,
        @JsonProperty(defaultValue = "") String privateKey,
        @JsonProperty(defaultValue = "{}") Map<String, String> properties) {
    public KafkaSettings {
        Check.notBlank("kafka.bootstrapServers", bootstrapServers);
        if (certificate.isEmpty() != privateKey.isEmpty()) {
            throw new ConfigException("kafka.certificate and kafka.privateKey go together: give both or neither");
        }
        properties = Map.copyOf(properties);
    }

    /** Without TLS. */
    public KafkaSettings(String bootstrapServers, Map<String, String> properties) {
        this(bootstrapServers, "", "", "", properties);
    }

    /** What a Kafka client needs to reach the brokers. */
    public Map<String, Object> client() {
        Map<String, Object> client = new HashMap<>();
        if (!authority.isEmpty() || !certificate.isEmpty()) {
            client.put("security.protocol", "SSL");
            client.put("ssl.engine.factory.class", PemFilesSslEngineFactory.class.getName());
            client.put(PemFilesSslEngineFactory.AUTHORITY, authority);
            client.put(PemFilesSslEngineFactory.CERTIFICATE, certificate);
            client.put(PemFilesSslEngineFactory.PRIVATE_KEY, privateKey);
        }
        client.putAll(properties);
        client.put("bootstrap.servers", bootstrapServers);
        return client;
    }
}
