package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.AdmissionVerdict;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered when judging takes too long or fails. */
class AdmissionHandlerTest {
    private static final byte[] POD = Reviews.bytes("pod-create-by-replicaset.json");
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);

    private final WebhookMetrics metrics = new WebhookMetrics();
    private final List<AdmissionVerdict> told = new ArrayList<>();
    private final List<AdmissionRequest> requests = new ArrayList<>();

    @Test
    void whatThereIsNoTimeForIsLetThroughWithAWarning() {
        ObjectNode response = response(answer(false, AdmissionHandlerTest::never, POD));

        assertThat(response.path("uid").asText()).isEqualTo(Reviews.parse(POD).at("/request/uid").asText());
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.at("/warnings/0").asText()).contains("had no time to judge this", "webhook.budgetMillis");
        assertThat(told).containsExactly(AdmissionVerdict.EXPIRED);
        assertThat(requests.getFirst().kind()).isEqualTo("Pod");
        assertThat(requests.getFirst().namespace()).isEqualTo("shop");
        assertThat(metrics.requests.labels("expired", "false").get()).isOne();
    }

    @Test
    void whatThereIsNoTimeForIsDeniedWhereThatIsWanted() {
        ObjectNode response = response(answer(true, AdmissionHandlerTest::never, POD));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText()).contains("had no time", "try again");
        assertThat(metrics.denials.labels("expired", "false").get()).isOne();
    }

    @Test
    void inTheClustersOwnNamespaceItIsLetThroughEvenThen() {
        ObjectNode review = Reviews.parse(POD);
        review.withObject("/request").put("namespace", "kube-system");
        review.withObject("/request/object/metadata").put("namespace", "kube-system");

        ObjectNode response = response(answer(true, AdmissionHandlerTest::never, Reviews.write(review)));

        assertThat(response.path("allowed").asBoolean()).isTrue();
    }

    @Test
    void whatCannotBeJudgedIsAnErrorAndTold() {
        assertThatThrownBy(() -> answer(TimeUnit.MINUTES.toNanos(1), false, workload -> {
            throw new IllegalStateException("broken");
        }, POD)).hasRootCauseMessage("broken");

        assertThat(told).containsExactly(AdmissionVerdict.ERROR);
    }

    @Test
    void whatIsJudgedInTimeIsToldWithWhatWasFound() {
        ObjectNode response = response(answer(TimeUnit.MINUTES.toNanos(1), false, workload -> null,
                Reviews.bytes("pod-create-privileged.json")));

        assertThat(response.path("allowed").asBoolean()).isFalse();
        assertThat(told).containsExactly(AdmissionVerdict.DENIED);
        assertThat(metrics.findings.labels("privileged-container").get()).isPositive();
        assertThat(metrics.findings.labels("seccomp-missing").get()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"request\":[1,[2]]}", "{\"request\":{\"uid\":\"u\"}}", "{\"request\":{\"uid\":7}}", "{\"a\":",
        "{\"request\":{\"kind\":[],\"userInfo\":3,\"uid\":\"u\"}}", "", "{\"request\":{\"uid\":\"u\",\"uid\":\"v\"}}"})
    void theHeadOfWhatIsNoReviewIsRefused(String body) {
        assertThatThrownBy(() -> AdmissionReviewReader.head(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidReviewException.class);
    }

    @Test
    void theHeadSaysWhoAsksForWhat() throws Exception {
        AdmissionRequest whole = AdmissionReviewReader.read(POD);

        AdmissionRequest head = AdmissionReviewReader.head(POD);

        assertThat(head).usingRecursiveComparison().ignoringFields("object", "oldObject", "raw").isEqualTo(whole);
        assertThat(head.user()).isNotEmpty();
        assertThat(head.object()).isEmpty();
    }

    @Test
    void aNodeIsExemptAlsoWhereNobodyHasTime() throws Exception {
        ObjectNode review = Reviews.parse(POD);
        review.withObject("/request/userInfo").putArray("groups").add("system:nodes").add("system:authenticated");
        Decider decider = Deciders.decider(70, true, workload -> null);

        assertThat(decider.exemptions().hold(AdmissionReviewReader.head(Reviews.write(review)))).isTrue();
        assertThat(decider.exemptions().hold(AdmissionReviewReader.head(POD))).isFalse();
    }

    private AdmissionHandler.Answer answer(boolean deny, Function<String, WorkloadRisk> risks, byte[] body) {
        return answer(SHORT, deny, risks, body);
    }

    private AdmissionHandler.Answer answer(
            long nanos, boolean deny, Function<String, WorkloadRisk> risks, byte[] body) {
        try (Budget budget = new Budget(nanos)) {
            Decider decider = Deciders.decider(70, true, risks);
            return new AdmissionHandler(decider::decide, () -> true, budget,
                    request -> deny && !decider.exemptions().hold(request),
                    (request, decision, verdict, now, latency) -> {
                        requests.add(request);
                        told.add(verdict);
                    }, Tracing.off(), metrics, Clock.systemUTC()).apply(body);
        }
    }

    private static WorkloadRisk never(String workload) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    private static ObjectNode response(AdmissionHandler.Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return (ObjectNode) Reviews.parse(answer.body()).get("response");
    }
}
