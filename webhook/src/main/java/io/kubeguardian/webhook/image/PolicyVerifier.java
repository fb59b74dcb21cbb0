package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.CelInput;
import io.kubeguardian.policy.cel.ExpressionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the evidence beside an image is what one policy needs. */
final class PolicyVerifier {
    /** Reasons that a message lists. */
    private static final int MOST_REASONS = 3;

    private final ImagePolicy policy;
    private final Keyless keyless;
    private final Digest image;
    private final Evidence evidence;
    private final List<String> refused = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();
    private boolean signed;

    private PolicyVerifier(ImagePolicy policy, Keyless keyless, Digest image, Evidence evidence) {
        this.policy = policy;
        this.keyless = keyless;
        this.image = image;
        this.evidence = evidence;
    }

    /** What is missing, for a person; empty when the image is as the policy wants it. */
    static Optional<String> problem(ImagePolicy policy, Keyless keyless, Digest image, Evidence evidence) {
        return new PolicyVerifier(policy, keyless, image, evidence).problem();
    }

    private Optional<String> problem() {
        evidence.signatures().forEach(signature -> attempt(() -> signature(signature)));
        evidence.envelopes().forEach(envelope -> attempt(() -> envelope(envelope)));
        evidence.bundles().forEach(bundle -> attempt(() -> bundle(bundle)));
        if (policy.signature() && !signed) {
            return Optional.of("has no signature that is trusted" + why());
        }
        for (ImagePolicy.Attestation needed : policy.attestations()) {
            Optional<String> problem = attested(needed);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private interface Attempt {
        void run() throws UntrustedException;
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (UntrustedException e) {
            refused.add(e.getMessage());
        } catch (RuntimeException e) {
            refused.add("a signature or attestation cannot be judged: " + e.getClass().getSimpleName());
        }
    }

    private void signature(Evidence.Signature signature) throws UntrustedException {
        boolean keyed = policy.keys().stream()
                .anyMatch(key -> key.verifies(signature.payload(), signature.signature()));
        if (!keyed) {
            if (policy.identities().isEmpty() || signature.certificate().isEmpty()) {
                throw new UntrustedException("a signature is by none of the trusted " + trusted());
            }
            keyless.signature(signature, policy.identities());
        }
        SimpleSigning.require(signature.payload(), image);
        signed = true;
    }

    private void envelope(byte[] json) throws UntrustedException {
        statement(payloadByKey(object(json)).orElseThrow(
                () -> new UntrustedException("an attestation is by none of the trusted keys")));
    }

    private void bundle(byte[] json) throws UntrustedException {
        JsonNode bundle = object(json);
        if (bundle.has("dsseEnvelope")) {
            Optional<byte[]> keyed = payloadByKey(bundle.get("dsseEnvelope"));
            if (keyed.isPresent()) {
                statement(keyed.get());
                return;
            }
        }
        if (policy.identities().isEmpty() || bundle.path("verificationMaterial").has("publicKey")) {
            throw new UntrustedException("a bundle is by none of the trusted " + trusted());
        }
        Optional<byte[]> statement = keyless.bundle(json, image, policy.identities());
        if (statement.isPresent()) {
            statement(statement.get());
        } else {
            signed = true;
        }
    }

    private Optional<byte[]> payloadByKey(JsonNode json) throws UntrustedException {
        if (policy.keys().isEmpty()) {
            return Optional.empty();
        }
        Envelope envelope = Envelope.of(json);
        if (!envelope.payloadType().equals(Envelope.IN_TOTO)) {
            throw new UntrustedException("an attestation is of another type than in-toto's");
        }
        return policy.keys().stream().anyMatch(envelope::isSignedBy) ? Optional.of(envelope.payload())
                : Optional.empty();
    }

    private void statement(byte[] payload) throws UntrustedException {
        Statement statement = Statement.about(image, payload);
        if (statement.predicateType().equals(Statement.SIGNED)) {
            signed = true;
        }
        statements.add(statement);
    }

    private Optional<String> attested(ImagePolicy.Attestation needed) {
        String failed = null;
        for (Statement statement : statements) {
            if (!statement.predicateType().equals(needed.predicateType())) {
                continue;
            }
            if (needed.condition() == null) {
                return Optional.empty();
            }
            try {
                if (needed.condition().test(new CelInput().put("object", Node.of(statement.predicate())))) {
                    return Optional.empty();
                }
                failed = "it is not so that " + needed.condition().text();
            } catch (ExpressionException e) {
                failed = needed.condition().text() + " cannot be told: " + e.getMessage();
            }
        }
        return Optional.of(failed == null
                ? "has no attestation " + needed.predicateType() + " that is trusted" + why()
                : "has an attestation " + needed.predicateType() + ", but " + failed);
    }

    private String trusted() {
        return policy.keys().isEmpty() ? "identities" : policy.identities().isEmpty() ? "keys" : "keys and identities";
    }

    private String why() {
        List<String> all = new ArrayList<>(refused);
        all.addAll(evidence.unread());
        if (all.isEmpty()) {
            return "; nothing stands beside it in its registry";
        }
        List<String> distinct = all.stream().distinct().toList();
        return ": " + String.join("; ", distinct.subList(0, Math.min(MOST_REASONS, distinct.size())))
                + (distinct.size() > MOST_REASONS ? "; and more of that kind" : "");
    }

    private static JsonNode object(byte[] json) throws UntrustedException {
        try {
            return Json.object(json);
        } catch (IOException e) {
            throw new UntrustedException("an attestation is no JSON", e);
        }
    }
}
