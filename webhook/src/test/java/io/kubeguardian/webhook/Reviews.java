package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/** AdmissionReviews as the API server writes them (test resources), and risks to judge them by. */
final class Reviews {
    static final JsonMapper JSON = new JsonMapper();
    static final String ORDERS = "prod/shop/Deployment/orders";
    static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private Reviews() {}

    static byte[] bytes(String file) {
        try (InputStream in = Reviews.class.getResourceAsStream("/reviews/" + file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode tree(String file) {
        return parse(bytes(file));
    }

    static ObjectNode parse(byte[] json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] write(JsonNode tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AdmissionRequest request(JsonNode review) {
        try {
            return AdmissionReviewReader.read(write(review));
        } catch (InvalidReviewException e) {
            throw new AssertionError(e);
        }
    }

    /** Of the workload that the sample pod and Deployment are of: half-life one hour. */
    static RiskScore risk(double score, Instant updated) {
        return risk(new WorkloadRef("prod", "shop", "Deployment", "orders"), score, updated);
    }

    static RiskScore risk(WorkloadRef workload, double score, Instant updated) {
        long time = Nanos.of(updated);
        return new RiskScore(workload, score, RiskLevel.HIGH, List.of(
                new RiskFactor("rule", "Shell spawned by a server", 25.0, "orders started /bin/sh", "s-1", 2, time, List.of("s-1"), false),
                new RiskFactor("incident", "Dropped and run", 60.0, "a dropped binary was run", "i-1", 1, time, List.of("i-1"), false)),
                time, 3600L, new Completeness(true, 0L, 0L), RiskEntity.WORKLOAD, "", 0.0);
    }
}
