package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** The payload of cosign's signatures. cosign, specs/SIGNATURE_SPEC.md, "Payload"; containers/image, "atomic-signature". */
final class SimpleSigning {
    static final String TYPE = "cosign container image signature";

    private SimpleSigning() {}

    /** @throws UntrustedException when the payload is not about the image: a signature of another was put beside it */
    static void require(byte[] payload, Digest image) throws UntrustedException {
        JsonNode critical;
        try {
            critical = Json.object(payload).path("critical");
        } catch (IOException e) {
            throw new UntrustedException("a signature's payload is no JSON", e);
        }
        if (!critical.path("type").asText().equals(TYPE)) {
            throw new UntrustedException("a signature's payload is not of type \"" + TYPE + '"');
        }
        if (!critical.path("image").path("docker-manifest-digest").asText().equals(image.toString())) {
            throw new UntrustedException("a signature is for another image");
        }
    }
}
