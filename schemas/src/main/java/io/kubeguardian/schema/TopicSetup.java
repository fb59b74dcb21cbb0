package io.kubeguardian.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that a broker lacks; leaves existing ones as they are. */
public final class TopicSetup {
    private TopicSetup() {}

    /**
     * @param client Kafka client properties, with {@code bootstrap.servers}
     * @param partitions see {@link Topics#all(int)}
     * @throws IllegalStateException when the broker refuses, or cannot be reached
     */
    public static void createMissing(Map<String, Object> client, int partitions) {
        List<NewTopic> topics = Topics.all(partitions).stream()
                .map(t -> new NewTopic(t.name(), Optional.of(t.partitions()), Optional.empty()).configs(t.settings()))
                .toList();
        try (Admin admin = Admin.create(client)) {
            for (var result : admin.createTopics(topics).values().entrySet()) {
                try {
                    result.getValue().get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw new IllegalStateException(
                                "cannot create topic " + result.getKey() + ": " + e.getCause().getMessage(),
                                e.getCause());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics", e);
        }
    }
}
