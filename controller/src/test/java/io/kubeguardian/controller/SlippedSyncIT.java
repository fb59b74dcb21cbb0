package io.kubeguardian.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.AdmissionVerdict;
import io.kubeguardian.schema.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A pod that is in the cluster, and of which no webhook ever said anything. */
class SlippedSyncIT {
    @Test
    void aPodThatNobodyDecidedAboutIsToldByTheLeader() {
        try (Cluster cluster = new Cluster()) {
            cluster.client.pods().resource(new PodBuilder().withNewMetadata().withName("orders").withNamespace("shop")
                    .withUid("uid-1").withCreationTimestamp(Instant.now().toString()).endMetadata()
                    .withNewSpec().addNewContainer().withName("a").withImage("a").withNewSecurityContext().withPrivileged(true)
                    .endSecurityContext().endContainer().endSpec().build()).create();
            Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10));

            try (KeyedTopic topic = new KeyedTopic(cluster.config(Map.of()).kafka(), Topics.ADMISSION_AUDIT);
                    PolicyController controller =
                            PolicyController.start(cluster.config(Map.of()), cluster.client, "controller-1", later)) {
                Cluster.await("the pod in the audit", () -> !audit(topic).isEmpty(), () -> audit(topic));

                assertThat(audit(topic)).singleElement().satisfies(record -> {
                    assertThat(record.getVerdict()).isEqualTo(AdmissionVerdict.SLIPPED);
                    assertThat(record.getWorkload()).isEqualTo("prod/shop/Pod/orders");
                    assertThat(record.getWebhook()).isEqualTo("controller-1");
                    assertThat(record.getReasons()).singleElement().asString().contains("securityContext.privileged");
                });
            }
        }
    }

    private static Collection<AdmissionAudit> audit(KeyedTopic topic) {
        return KeyedTopic.decode(topic.load(key -> true), AdmissionAudit.class).values();
    }
}
