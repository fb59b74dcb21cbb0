package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeguardian.http.StrictJson;
import java.io.IOException;
import java.util.Base64;

/** JSON from registries, whoever wrote it: bounded, and no name twice, so that no two readers see different things. */
final class Json {
    private static final JsonMapper STRICT = StrictJson.mapper(64, 100_000, 1024);

    private Json() {}

    /** @throws IOException when it is no object */
    static JsonNode object(byte[] json) throws IOException {
        JsonNode tree = STRICT.readTree(json);
        if (tree == null || !tree.isObject()) {
            throw new IOException("no JSON object");
        }
        return tree;
    }

    /** @throws IOException when it is no base64 */
    static byte[] base64(JsonNode text) throws IOException {
        try {
            return Base64.getDecoder().decode(text.asText());
        } catch (IllegalArgumentException e) {
            throw new IOException("no base64", e);
        }
    }
}
