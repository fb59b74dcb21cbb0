package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a workload's baseline knows of its files, through a real broker to the patch of its next pod. */
class LearnedRootIT {
    @Test
    void aPodOfAWorkloadThatWritesNowhereElseGetsAReadOnlyRoot() throws Exception {
        Profile profile = LearnedViewTest.profile(each -> { });
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(Topics.PROFILES, Keys.bytes(Keys.profile(profile)),
                        AvroCodec.of(Profile.class).encode(profile))).get(30, TimeUnit.SECONDS);
            }
            try (Webhook webhook = Webhook.start(ConfigReader.read(null, Map.of(
                            "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                            "KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod", "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                            "KUBEGUARDIAN_WEBHOOK_PORT", "0", "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1",
                            "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", "20000",
                            "KUBEGUARDIAN_ADMISSION_HARDEN", "[LEARNED_READ_ONLY_ROOT]")));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                webhook.whenReady().get(60, TimeUnit.SECONDS);

                ObjectNode known = client.mutate(pod(profile.getImageName()));
                ObjectNode unknown = client.mutate(pod("registry.example/shop/another:1"));

                assertThat(new String(known.path("patch").binaryValue(), StandardCharsets.UTF_8))
                        .contains("/spec/containers/0/securityContext", "readOnlyRootFilesystem");
                assertThat(unknown.has("patch")).isFalse();
            }
        }
    }

    private static byte[] pod(String image) {
        ObjectNode review = Reviews.tree("pod-create-by-replicaset.json");
        ObjectNode container = (ObjectNode) review.at("/request/object/spec/containers/0");
        container.put("image", image).remove("securityContext");
        return Reviews.write(review);
    }
}
