package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Users and passwords of registries, in the format of {@code kubernetes.io/dockerconfigjson}: {@code auths} by registry,
 * with {@code auth} or {@code username} and {@code password}. Entries of single repositories and credential helpers are not
 * read. The file is read anew for every lookup, so that a renewed secret needs no restart.
 */
final class RegistryCredentials {
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;

    /** @param file null: there are none */
    RegistryCredentials(Path file) {
        this.file = file;
    }

    /**
     * The value of {@code Authorization} for a registry; null when there is none.
     *
     * @throws IOException when the file cannot be used; the message never has a part of it
     */
    String basic(String registry) throws IOException {
        return file == null ? null : read().get(registry);
    }

    private Map<String, String> read() throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is too large for credentials");
        }
        JsonNode auths;
        try {
            auths = Json.object(Files.readAllBytes(file)).path("auths");
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is no JSON in the format of kubernetes.io/dockerconfigjson");
        }
        Map<String, String> all = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            JsonNode value = entry.getValue();
            String auth = value.path("auth").asText();
            if (auth.isEmpty() && value.has("username")) {
                auth = Base64.getEncoder().encodeToString((value.path("username").asText() + ':'
                        + value.path("password").asText()).getBytes(StandardCharsets.UTF_8));
            }
            if (!auth.isEmpty() && auth.matches("[A-Za-z0-9+/]+={0,2}")) {
                all.put(host(entry.getKey()), "Basic " + auth);
            }
        }
        return all;
    }

    /** Keys are hosts, or URLs of old: {@code https://index.docker.io/v1/}. */
    private static String host(String key) {
        String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "").replaceFirst(":443$", "")
                .toLowerCase(Locale.ROOT);
        return host.equals("index.docker.io") || host.equals("registry-1.docker.io") ? "docker.io" : host;
    }
}
