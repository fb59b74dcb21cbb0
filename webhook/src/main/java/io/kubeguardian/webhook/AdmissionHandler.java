package io.kubeguardian.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.policy.InvalidObjectException;
import io.prometheus.client.Collector;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admission protocol: bytes of an AdmissionReview in, bytes of its answer out. Knows nothing of HTTP but codes. */
final class AdmissionHandler implements Function<byte[], AdmissionHandler.Answer> {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionHandler.class);

    /** Trees in memory at once; each is bounded by {@link AdmissionReviewReader#MOST_TOKENS}. It is all CPU work. */
    private static final int MOST_TREES = 2;

    private final Decider decider;
    private final BooleanSupplier ready;
    private final WebhookMetrics metrics;
    private final Clock clock;
    private final Semaphore trees = new Semaphore(MOST_TREES);

    /**
     * @param status HTTP status
     * @param body JSON
     */
    record Answer(int status, byte[] body) {}

    AdmissionHandler(Decider decider, BooleanSupplier ready, WebhookMetrics metrics, Clock clock) {
        this.decider = decider;
        this.ready = ready;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Answer apply(byte[] body) {
        if (!ready.getAsBoolean()) {
            metrics.requests.labels("not_ready", "").inc();
            return error(503, "not ready: still reading the risk topic; the webhook's failurePolicy decides");
        }
        trees.acquireUninterruptibly();
        long start = System.nanoTime();
        try {
            return review(body);
        } finally {
            metrics.seconds.observe((System.nanoTime() - start) / Collector.NANOSECONDS_PER_SECOND);
            trees.release();
        }
    }

    private Answer review(byte[] body) {
        try {
            AdmissionRequest request = AdmissionReviewReader.read(body);
            return new Answer(200, response(request, decide(request)));
        } catch (InvalidReviewException e) {
            metrics.requests.labels("invalid", "").inc();
            return error(400, e.getMessage());
        }
    }

    private Decision decide(AdmissionRequest request) throws InvalidReviewException {
        Decision decision;
        try {
            decision = decider.decide(request, Nanos.of(Instant.now(clock)));
        } catch (InvalidObjectException e) {
            throw new InvalidReviewException("request.object: " + e.getMessage());
        }
        String dryRun = Boolean.toString(request.dryRun());
        metrics.requests.labels(decision.allowed() ? "allowed" : "denied", dryRun).inc();
        if (!decision.allowed()) {
            decision.deniedBy().forEach(check -> metrics.denials.labels(check, dryRun).inc());
            LOG.info("denied uid={} operation={} kind={} workload={} checks={} dryRun={}",
                    Text.oneLine(request.uid(), 128), request.operation(), request.kind(),
                    Text.oneLine(decision.workload(), 600), String.join(",", decision.deniedBy()), dryRun);
        }
        return decision;
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
