package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** From what the controller tells of a pod, and the job of its workload, to the refusal of an exec, on a real broker. */
class PodAccessIT {
    @Test
    void anExecIntoAPodOfAWorkloadAtRiskIsRefusedAndAudited() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            PodMetadata pod = PodMetadata.newBuilder(PodViewTest.pod("u-1", "orders-7d4b9c6f5-x2x8q", 1))
                    .setWorkloadKind("Deployment").setWorkloadName("orders").build();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(Topics.PODS, Keys.bytes("u-1"),
                        AvroCodec.of(PodMetadata.class).encode(pod))).get(30, TimeUnit.SECONDS);
                producer.send(new ProducerRecord<>(Topics.RISK, Keys.bytes(Reviews.ORDERS),
                        AvroCodec.of(RiskScore.class).encode(Reviews.risk(90, Instant.now())))).get(30, TimeUnit.SECONDS);
            }
            try (Webhook webhook = Webhook.start(ConfigReader.read(null, Map.of(
                            "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                            "KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod", "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                            "KUBEGUARDIAN_WEBHOOK_PORT", "0", "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1",
                            "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", "20000",
                            "KUBEGUARDIAN_ADMISSION_ACCESS_AT_RISK", "DENY")));
                    TlsClient client = new TlsClient(webhook.caPem(), webhook.port())) {
                webhook.whenReady().get(60, TimeUnit.SECONDS);

                ObjectNode refused = client.review(Reviews.bytes("pod-exec-connect.json"));

                assertThat(refused.path("allowed").asBoolean()).isFalse();
                assertThat(refused.at("/status/message").asText()).contains(Reviews.ORDERS, "look at incident i-1");
            }
            assertThat(AuditIT.records(kafka, Topics.ADMISSION_AUDIT, AdmissionAudit.class, 1)).singleElement().satisfies(record -> {
                assertThat(record.getVerdict()).isEqualTo(AdmissionVerdict.DENIED);
                assertThat(record.getWorkload()).isEqualTo(Reviews.ORDERS);
                assertThat(record.getSubResource()).isEqualTo("exec");
                assertThat(record.getReasons()).singleElement().asString().contains("incident i-1");
            });
        }
    }
}
