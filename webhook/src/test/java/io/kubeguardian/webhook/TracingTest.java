package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Spans of requests to the real server. */
class TracingTest {
    private static final ServerCertificate CERTIFICATE = SelfSigned.make("kubeguardian-webhook", Instant.now());
    private static final byte[] POD = Reviews.bytes("pod-create-by-replicaset.json");

    private final WebhookMetrics metrics = new WebhookMetrics();

    @Test
    void aRequestIsASpanUnderItsCallersAndTheDecisionOneWithin() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();

        serve(Tracing.of(SimpleSpanProcessor.create(spans), 0, "webhook-1"),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        List<SpanData> made = spans.getFinishedSpanItems();
        assertThat(made).extracting(SpanData::getName).containsExactly("evaluate", "POST /validate");
        assertThat(made).extracting(SpanData::getTraceId).containsOnly("0af7651916cd43dd8448eb211c80319c");
        SpanData request = made.get(1);
        assertThat(request.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(request.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(made.get(0).getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(request.getAttributes().asMap())
                .containsEntry(AttributeKey.longKey("http.response.status_code"), 200L)
                .containsEntry(AttributeKey.stringKey("kubeguardian.workload"), Reviews.ORDERS)
                .containsEntry(AttributeKey.stringKey("kubeguardian.admission.verdict"), "ALLOWED");
    }

    @Test
    void whatTheCallerDoesNotTraceMakesNoSpan() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();

        serve(Tracing.of(SimpleSpanProcessor.create(spans), 1, "webhook-1"),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void spansReachAnEndpointAsOtlp() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            received.complete(exchange.getRequestHeaders().getFirst("Content-Type") + ' '
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            Tracing tracing = Tracing.to(
                    "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces", 1, "webhook-1");

            serve(tracing, null);
            tracing.close(); // sends what waits

            assertThat(received.get(30, TimeUnit.SECONDS)).startsWith("application/x-protobuf ")
                    .contains("kubeguardian-webhook", "POST /validate", "evaluate", Reviews.ORDERS);
        } finally {
            collector.stop(0);
        }
    }

    @Test
    void anEndpointThatIsNoUrlIsNamedWithItsSetting() {
        assertThatThrownBy(() -> Tracing.to("collector", 1, "webhook-1")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook.traceEndpoint: collector");
    }

    private void serve(Tracing tracing, String parent) {
        Decider decider = Deciders.decider(70, true, workload -> null);
        try (Budget budget = new Budget(TimeUnit.MINUTES.toNanos(1));
                AdmissionServer server = new AdmissionServer(ConfigReader.read(null, Map.of(
                                "KUBEGUARDIAN_WEBHOOK_PORT", "0", "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1")).webhook(),
                        CERTIFICATE.tls(List.of()), Map.of("/validate", new AdmissionHandler(decider::decide, () -> true,
                                budget, namespace -> false, DecisionListener.NONE, tracing, metrics, Clock.systemUTC())),
                        tracing, metrics);
                TlsClient client = new TlsClient(CERTIFICATE.authorityPem(), server.port())) {
            HttpRequest.Builder request = client.request("/validate").POST(HttpRequest.BodyPublishers.ofByteArray(POD));
            if (parent != null) {
                request.header("traceparent", parent);
            }
            assertThat(client.send(request.build()).statusCode()).isEqualTo(200);
        }
    }
}
