package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Set;

/**
 * What somebody says about an image. in-toto attestation framework, spec/v1/statement.md.
 *
 * @param predicate what is said
 */
record Statement(String predicateType, JsonNode predicate) {
    /** Of the bundles that {@code cosign sign} makes: they say that the image is signed, no more. */
    static final String SIGNED = "https://sigstore.dev/cosign/sign/v1";
    private static final Set<String> TYPES =
            Set.of("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1");

    /** @throws UntrustedException when it is no statement, or about something else */
    static Statement about(Digest image, byte[] payload) throws UntrustedException {
        JsonNode json;
        try {
            json = Json.object(payload);
        } catch (IOException e) {
            throw new UntrustedException("an attestation is no JSON", e);
        }
        if (!TYPES.contains(json.path("_type").asText())) {
            throw new UntrustedException("an attestation is no in-toto statement");
        }
        for (JsonNode subject : json.path("subject")) {
            if (subject.path("digest").path("sha256").asText().equals(image.hex())) {
                return new Statement(json.path("predicateType").asText(), json.path("predicate"));
            }
        }
        throw new UntrustedException("an attestation is about another image");
    }
}
