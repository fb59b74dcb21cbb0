package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.KubeGuardianConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Option;

/** Where Kafka is, as a command is told. */
public final class KafkaOption {
    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT",
            description = "Kafka (default: the configuration's, without one localhost:9092)")
    private String bootstrapServers;

    @Option(names = "--config", paramLabel = "FILE",
            description = "the configuration (YAML): the way to Kafka, and what the command is about; see docs/configuration.md")
    private Path config;

    /** The whole configuration. */
    public KubeGuardianConfig settings() {
        return ConfigReader.read(config, System.getenv());
    }

    /** Kafka client properties. */
    public Map<String, Object> client() {
        Map<String, Object> client = new HashMap<>(settings().kafka().client());
        if (bootstrapServers != null) {
            client.put("bootstrap.servers", bootstrapServers);
        }
        return client;
    }

    /**
     * Does something with Kafka.
     *
     * @throws UserError when the broker does not answer, or lacks the topic
     * @throws Interrupted when it was interrupted
     */
    public static <T> T using(Map<String, Object> client, Callable<T> body) throws Exception {
        try {
            return body.call();
        } catch (InterruptException e) {
            Thread.interrupted();
            throw new Interrupted(new InterruptedException(e.getMessage()));
        } catch (UnknownTopicOrPartitionException e) {
            throw new UserError("Kafka at " + client.get("bootstrap.servers") + " has " + e.getMessage()
                    + "; create it as docs/topics.md says, or is this another broker?", e);
        } catch (KafkaException e) {
            throw new UserError("Kafka at " + client.get("bootstrap.servers") + " does not answer: " + e.getMessage()
                    + "; is `kubeguardian up` running?", e);
        }
    }
}
