package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;

/** Pushes images, and what stands beside them, into one repository. OCI distribution specification v1.1, "Push". */
public final class TestImages implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";

    private final HttpClient http;
    private final URI base;
    private final String authorization;

    public TestImages(DockerRegistry registry, String repository) {
        this("http://" + registry.host(), repository, null, null);
    }

    TestImages(String registry, String repository, SSLContext tls, String authorization) {
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        this.http = (tls == null ? client : client.sslContext(tls)).build();
        this.base = URI.create(registry + "/v2/" + repository + '/');
        this.authorization = authorization;
    }

    /** A small image: a configuration and a layer whose content tells images apart. */
    public Digest image(String tag, String content) {
        return image(tag, content, "");
    }

    /** @param user whom the image says its programs run as; empty: it does not say */
    public Digest image(String tag, String content, String user) {
        ObjectNode manifest = manifest();
        ObjectNode configuration = JSON.createObjectNode().put("architecture", "amd64").put("os", "linux")
                .set("rootfs", JSON.createObjectNode().put("type", "layers"));
        if (!user.isEmpty()) {
            configuration.putObject("config").put("User", user);
        }
        byte[] config = write(configuration);
        manifest.set("config", blob("application/vnd.oci.image.config.v1+json", config));
        manifest.withArray("layers").add(blob("application/vnd.oci.image.layer.v1.tar+gzip", gzip(content)));
        return put(tag, manifest);
    }

    /** An index of images, each for a platform of its own. */
    Digest index(String tag, Digest... images) {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", Repository.INDEX);
        for (Digest image : images) {
            ArrayNode manifests = index.withArray("manifests");
            manifests.addObject().put("mediaType", Repository.MANIFEST).put("digest", image.toString())
                    .put("size", get(image.toString()).length).set("platform", JSON.createObjectNode()
                            .put("architecture", "cpu" + manifests.size()).put("os", "linux"));
        }
        return put(tag, index);
    }

    /** A layer with annotations under a tag, after those that are there: as cosign adds signatures. */
    public void append(String tag, String mediaType, byte[] content, Map<String, String> annotations) {
        byte[] before = get(tag);
        ObjectNode manifest = before == null ? manifest() : (ObjectNode) read(before);
        if (before == null) {
            manifest.set("config", blob("application/vnd.oci.image.config.v1+json", write(JSON.createObjectNode())));
        }
        ObjectNode layer = blob(mediaType, content);
        annotations.forEach(layer.withObject("/annotations")::put);
        manifest.withArray("layers").add(layer);
        put(tag, manifest);
    }

    /** Something that refers to an image, with the tag of registries that have no referrers API. */
    Digest refer(Digest image, String type, byte[] content) {
        ObjectNode manifest = manifest().put("artifactType", type);
        manifest.set("config", blob(EMPTY, "{}".getBytes(StandardCharsets.UTF_8)));
        manifest.withArray("layers").add(blob(type, content));
        manifest.set("subject", JSON.createObjectNode().put("mediaType", Repository.MANIFEST)
                .put("digest", image.toString()).put("size", get(image.toString()).length));
        byte[] bytes = write(manifest);
        Digest digest = Digest.of(bytes);
        put(digest.toString(), manifest);
        byte[] before = get("sha256-" + image.hex());
        ObjectNode index = before == null
                ? JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", Repository.INDEX)
                : (ObjectNode) read(before);
        ArrayNode manifests = index.withArray("manifests");
        manifests.addObject().put("mediaType", Repository.MANIFEST).put("artifactType", type)
                .put("digest", digest.toString()).put("size", bytes.length);
        put("sha256-" + image.hex(), index);
        return digest;
    }

    private static ObjectNode manifest() {
        return JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", Repository.MANIFEST);
    }

    private ObjectNode blob(String mediaType, byte[] content) {
        HttpResponse<byte[]> begun = send(request(base.resolve("blobs/uploads/"))
                .POST(HttpRequest.BodyPublishers.noBody()), 202);
        URI place = begun.uri().resolve(begun.headers().firstValue("Location").orElseThrow());
        Digest digest = Digest.of(content);
        send(request(URI.create(place + (place.getRawQuery() == null ? "?" : "&") + "digest=" + digest))
                .header("Content-Type", "application/octet-stream")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content)), 201);
        return JSON.createObjectNode().put("mediaType", mediaType).put("digest", digest.toString())
                .put("size", content.length);
    }

    Digest put(String reference, ObjectNode manifest) {
        byte[] bytes = write(manifest);
        send(request(base.resolve("manifests/" + reference)).header("Content-Type", manifest.path("mediaType").asText())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)), 201);
        return Digest.of(bytes);
    }

    /** A manifest; null where there is none. */
    byte[] get(String reference) {
        try {
            HttpResponse<byte[]> response = http.send(request(base.resolve("manifests/" + reference))
                    .header("Accept", Repository.MANIFEST + ", " + Repository.INDEX).GET().build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200 ? response.body() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, int expected) {
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != expected) {
                throw new AssertionError(response + " " + new String(response.body(), StandardCharsets.UTF_8));
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] gzip(String content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] write(JsonNode tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
