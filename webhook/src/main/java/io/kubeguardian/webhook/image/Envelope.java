package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A signed text. github.com/secure-systems-lab/dsse, envelope.md and protocol.md.
 *
 * @param payloadType what the payload is
 */
record Envelope(String payloadType, byte[] payload, List<byte[]> signatures) {
    static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final int MOST_SIGNATURES = 16;

    static Envelope of(JsonNode json) throws UntrustedException {
        try {
            List<byte[]> signatures = new ArrayList<>();
            for (JsonNode signature : json.path("signatures")) {
                signatures.add(Json.base64(signature.path("sig")));
            }
            if (signatures.isEmpty() || signatures.size() > MOST_SIGNATURES) {
                throw new UntrustedException("an envelope has " + signatures.size() + " signatures");
            }
            return new Envelope(json.path("payloadType").asText(), Json.base64(json.path("payload")), signatures);
        } catch (IOException e) {
            throw new UntrustedException("an envelope is not readable", e);
        }
    }

    /** What is signed: "pre-authentication encoding". */
    byte[] signed() {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 64);
        out.writeBytes(("DSSEv1 " + type.length + ' ').getBytes(StandardCharsets.UTF_8));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + ' ').getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    boolean isSignedBy(TrustedKey key) {
        byte[] signed = signed();
        return signatures.stream().anyMatch(signature -> key.verifies(signed, signature));
    }
}
