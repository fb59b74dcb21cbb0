package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookMainIT {
    private static final int SIGTERM_EXIT = 143;

    @TempDir
    Path folder;

    @Test
    void asAProcessItServesSaysWhenItIsReadyAndStopsOnSigterm() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), """
                    kafka: {bootstrapServers: "%s"}
                    webhook: {cluster: prod, host: 127.0.0.1, port: 0, managementPort: 0, budgetMillis: 30000}
                    """.formatted(kafka.bootstrapServers()));
            Path ca = folder.resolve("ca.pem");
            try (WebhookProcess process =
                    new WebhookProcess(Map.of(), "--config", config.toString(), "--write-ca", ca.toString())) {
                String serving = process.line("webhook: serving https port=");
                int port = Integer.parseInt(serving.replaceAll(".*https port=(\\d+).*", "$1"));
                process.line("webhook: ready");
                try (TlsClient client = new TlsClient(Files.readString(ca), port)) {
                    assertThat(client.review(Reviews.bytes("pod-create-by-replicaset.json")).path("allowed").asBoolean())
                            .isTrue();
                    assertThat(client.review(Reviews.bytes("pod-create-privileged.json")).path("allowed").asBoolean())
                            .isFalse();
                }

                process.terminate();

                assertThat(process.exitCode()).isEqualTo(SIGTERM_EXIT);
            }
        }
    }

    @Test
    void aFloodOfTheLargestHostileBodiesDoesNotEndIt() throws Exception {
        byte[] hostile = largestTree();
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            Path ca = folder.resolve("ca.pem");
            try (WebhookProcess process = new WebhookProcess(Map.of(
                            "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                            "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                            "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                            "KUBEGUARDIAN_WEBHOOK_BUDGET_MILLIS", "30000",
                            "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1"), "--write-ca", ca.toString());
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                int port = Integer.parseInt(
                        process.line("webhook: serving").replaceAll(".*https port=(\\d+).*", "$1"));
                process.line("webhook: ready");
                try (TlsClient client = new TlsClient(Files.readString(ca), port)) {
                    List<Future<Integer>> statuses = callers.invokeAll(
                            Collections.nCopies(16, () -> client.post(hostile).statusCode()));

                    for (Future<Integer> status : statuses) {
                        assertThat(status.get()).isIn(400, 503);
                    }
                    assertThat(client.review(Reviews.bytes("pod-create-by-replicaset.json")).path("allowed").asBoolean())
                            .isTrue();
                }
            }
        }
    }

    /** As many bytes and tree nodes as are read at all; not an AdmissionReview in the end. */
    private static byte[] largestTree() {
        StringBuilder json = new StringBuilder("{\"a\":[");
        for (int i = 0; i < 59_000; i++) {
            json.append("{\"").append("%043d".formatted(i)).append("\":{}},");
        }
        return json.append("{}]}").toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void logsAreJsonWhereThatIsWanted() throws Exception {
        try (WebhookProcess process = new WebhookProcess(Map.of(
                "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "KUBEGUARDIAN_WEBHOOK_JSON_LOGS", "true",
                "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1"))) {
            process.line("{");
            process.terminate();
            process.exitCode();

            assertThat(process.lines()).allSatisfy(line -> assertThat(Reviews.JSON.readTree(line).path("message").asText())
                    .isNotBlank());
            assertThat(process.lines()).anyMatch(line -> line.contains("serving https port="))
                    .allMatch(line -> line.contains("\"service.name\":\"kubeguardian-webhook\""));
        }
    }

    @Test
    void aTakenPortEndsItWithOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                WebhookProcess process = new WebhookProcess(Map.of(
                        "KUBEGUARDIAN_WEBHOOK_PORT", Integer.toString(taken.getLocalPort()),
                        "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "0"))) {
            int exit = process.exitCode();

            assertThat(exit).isEqualTo(2);
            assertThat(process.lines()).singleElement().asString()
                    .startsWith("webhook: webhook.port: cannot listen on 0.0.0.0:" + taken.getLocalPort());
        }
    }

    @Test
    void aWrongConfigurationEndsItWithOneLine() throws Exception {
        Path config = Files.writeString(folder.resolve("kubeguardian.yaml"), "webhook: {denyAtRsk: 7}\n");
        try (WebhookProcess process = new WebhookProcess(Map.of(), "--config", config.toString())) {
            int exit = process.exitCode();

            assertThat(exit).isEqualTo(2);
            assertThat(process.lines()).singleElement().asString()
                    .contains("unknown key webhook.denyAtRsk; did you mean denyAtRisk?");
        }
    }

    @Test
    void anUnknownArgumentEndsItWithItsUsage() throws Exception {
        try (WebhookProcess process = new WebhookProcess(Map.of(), "--conf")) {
            int exit = process.exitCode();

            assertThat(exit).isEqualTo(2);
            assertThat(process.lines()).singleElement().asString().contains("--config FILE", "not --conf");
        }
    }
}
