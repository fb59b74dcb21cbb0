package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * A reference to content. OCI image specification v1.1, "Content Descriptors".
 *
 * @param artifactType empty where there is none
 * @param size bytes
 */
record Descriptor(String mediaType, String artifactType, Digest digest, long size, Map<String, String> annotations) {
    /** @throws UntrustedException when it is none */
    static Descriptor of(JsonNode json) throws UntrustedException {
        Map<String, String> annotations = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.path("annotations").properties()) {
            annotations.put(entry.getKey(), entry.getValue().asText());
        }
        try {
            return new Descriptor(json.path("mediaType").asText(), json.path("artifactType").asText(),
                    Digest.parse(json.path("digest").asText()), json.path("size").asLong(-1), annotations);
        } catch (IllegalArgumentException e) {
            throw new UntrustedException("a descriptor has no usable digest", e);
        }
    }

    String annotation(String name) {
        return annotations.getOrDefault(name, "");
    }
}
