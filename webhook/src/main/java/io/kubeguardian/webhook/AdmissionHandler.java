package io.kubeguardian.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.schema.AdmissionVerdict;
import io.prometheus.client.Collector;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admission protocol: bytes of an AdmissionReview in, bytes of its answer out. Knows nothing of HTTP but codes. */
final class AdmissionHandler implements Function<byte[], AdmissionHandler.Answer> {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionHandler.class);

    private final Judge judge;
    private final BooleanSupplier ready;
    private final Budget budget;
    private final Predicate<AdmissionRequest> denyExpired;
    private final DecisionListener listener;
    private final Tracing tracing;
    private final WebhookMetrics metrics;
    private final Clock clock;

    /**
     * @param status HTTP status
     * @param body JSON
     */
    record Answer(int status, byte[] body) {}

    /** A request and what became of it. */
    private record Judged(AdmissionRequest request, Decision decision) {}

    /**
     * @param ready false: 503 is all it says
     * @param denyExpired which requests to refuse that there was no time to judge, instead of letting it through with a
     *     warning
     */
    AdmissionHandler(
            Judge judge, BooleanSupplier ready, Budget budget, Predicate<AdmissionRequest> denyExpired, DecisionListener listener,
            Tracing tracing, WebhookMetrics metrics, Clock clock) {
        this.judge = judge;
        this.ready = ready;
        this.budget = budget;
        this.denyExpired = denyExpired;
        this.listener = listener;
        this.tracing = tracing;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Answer apply(byte[] body) {
        if (!ready.getAsBoolean()) {
            metrics.requests.labels("not_ready", "").inc();
            return error(503, "not ready: still reading what it decides by; the webhook's failurePolicy decides");
        }
        long start = System.nanoTime();
        try {
            return answer(body, start);
        } catch (InvalidReviewException e) {
            metrics.requests.labels("invalid", "").inc();
            return error(400, e.getMessage());
        } finally {
            metrics.seconds.observe((System.nanoTime() - start) / Collector.NANOSECONDS_PER_SECOND);
        }
    }

    private Answer answer(byte[] body, long start) throws InvalidReviewException {
        Judged judged;
        AdmissionVerdict verdict;
        try {
            judged = budget.call(body.length, tracing.within("evaluate", () -> judge(body)));
            verdict = verdict(judged.decision);
        } catch (Budget.ExpiredException e) {
            AdmissionRequest request = AdmissionReviewReader.head(body);
            judged = new Judged(request, expired(request));
            verdict = AdmissionVerdict.EXPIRED;
        } catch (CompletionException e) {
            if (e.getCause() instanceof InvalidReviewException invalid) {
                throw invalid;
            }
            listener.answered(AdmissionReviewReader.head(body), Decision.UNTOUCHED, AdmissionVerdict.ERROR,
                    Nanos.of(Instant.now(clock)), System.nanoTime() - start);
            throw e;
        }
        tell(judged.request, judged.decision, verdict, start);
        return new Answer(200, response(judged.request, judged.decision));
    }

    private Judged judge(byte[] body) throws InvalidReviewException {
        AdmissionRequest request = AdmissionReviewReader.read(body);
        try {
            return new Judged(request, judge.judge(request, Nanos.of(Instant.now(clock))));
        } catch (InvalidObjectException e) {
            throw new InvalidReviewException("request.object: " + e.getMessage());
        }
    }

    private Decision expired(AdmissionRequest request) {
        String problem = "KubeGuardian had no time to judge this (webhook.budgetMillis)";
        if (denyExpired.test(request)) {
            return Decision.UNTOUCHED.denied(problem + "; try again", "expired");
        }
        return Decision.UNTOUCHED.warned(problem + " and lets it through; it will be looked at later");
    }

    private static AdmissionVerdict verdict(Decision decision) {
        if (!decision.allowed()) {
            return AdmissionVerdict.DENIED;
        }
        if (decision.patch() != null) {
            return AdmissionVerdict.MUTATED;
        }
        return decision.warnings().isEmpty() ? AdmissionVerdict.ALLOWED : AdmissionVerdict.WARNED;
    }

    private void tell(AdmissionRequest request, Decision decision, AdmissionVerdict verdict, long start) {
        String dryRun = Boolean.toString(request.dryRun());
        metrics.requests.labels(verdict.name().toLowerCase(Locale.ROOT), dryRun).inc();
        decision.deniedBy().forEach(check -> metrics.denials.labels(check, dryRun).inc());
        decision.findings().forEach(finding -> metrics.findings.labels(finding.id()).inc());
        decision.policies().forEach(policy -> metrics.policies.labels(policy).inc());
        if (!decision.allowed()) {
            LOG.info("denied uid={} operation={} kind={} workload={} checks={} dryRun={}",
                    Text.oneLine(request.uid(), 128), request.operation(), request.kind(),
                    Text.oneLine(decision.workload(), 600), String.join(",", decision.deniedBy()), dryRun);
        }
        Tracing.describe(request, decision, verdict);
        listener.answered(request, decision, verdict, Nanos.of(Instant.now(clock)), System.nanoTime() - start);
    }

    private static byte[] response(AdmissionRequest request, Decision decision) {
        ObjectNode review = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", AdmissionReviewReader.API_VERSION)
                .put("kind", AdmissionReviewReader.KIND);
        ObjectNode response = review.putObject("response")
                .put("uid", request.uid())
                .put("allowed", decision.allowed());
        ObjectNode status = response.putObject("status");
        if (decision.allowed()) {
            status.put("status", "Success").put("code", 200);
        } else {
            status.put("status", "Failure").put("message", decision.message()).put("reason", "Forbidden")
                    .put("code", 403);
        }
        if (decision.patch() != null) {
            response.put("patchType", "JSONPatch").put("patch", decision.patch().toString().getBytes(StandardCharsets.UTF_8));
        }
        if (!decision.warnings().isEmpty()) {
            decision.warnings().forEach(response.withArray("warnings")::add);
        }
        if (!decision.auditAnnotations().isEmpty()) {
            ObjectNode annotations = response.putObject("auditAnnotations");
            decision.auditAnnotations().forEach(annotations::put);
        }
        return bytes(review);
    }

    /** A refusal of the HTTP request itself: {@code {"error": "…"}}. */
    static Answer error(int status, String message) {
        return new Answer(status, bytes(JsonNodeFactory.instance.objectNode().put("error", message)));
    }

    private static byte[] bytes(ObjectNode tree) {
        try {
            return AdmissionReviewReader.JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree of text and booleans: cannot happen
        }
    }
}
