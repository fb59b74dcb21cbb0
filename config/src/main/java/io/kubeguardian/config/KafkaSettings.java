package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * How every part reaches Kafka.
 *
 * @param bootstrapServers host:port, comma separated
 * @param properties further Kafka client properties as they are (security.protocol, ssl.…)
 */
public record KafkaSettings(
        @JsonProperty(defaultValue = "localhost:9092") String bootstrapServers,
        @JsonProperty(defaultValue = "{}") Map<String, String> properties) {
    public KafkaSettings {
        Check.notBlank("kafka.bootstrapServers", bootstrapServers);
        properties = Map.copyOf(properties);
    }
}
