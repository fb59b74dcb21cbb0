package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One repository, over the OCI distribution API v1.1. What is read is checked against its digest. */
final class Repository {
    /** A manifest of signatures or an index; the annotations of each signature hold a certificate chain: some kilobytes. */
    private static final int MOST_MANIFEST_BYTES = 1 << 20;
    /** What a registry itself must take of a manifest (distribution specification, "Pushing Manifests"). */
    private static final int MOST_IMAGE_BYTES = 4 << 20;
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String IMAGES = String.join(", ", INDEX, MANIFEST,
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.docker.distribution.manifest.v2+json");

    private final RegistryHttp.Session http;

    Repository(RegistryHttp.Session http) {
        this.http = http;
    }

    /** What the tag stands for now; empty when there is no such tag. */
    Optional<Digest> resolve(String tag) throws RegistryException, UntrustedException {
        RegistryHttp.Answer head = http.ask("HEAD", "manifests/" + tag, IMAGES, MOST_IMAGE_BYTES);
        if (head.status() == 404) {
            return Optional.empty();
        }
        String said = head.headers().firstValue("Docker-Content-Digest").orElse("");
        try {
            return Optional.of(Digest.parse(said));
        } catch (IllegalArgumentException e) {
            // A registry need not say it ("should"): then what it gives is hashed.
            RegistryHttp.Answer manifest = http.ask("GET", "manifests/" + tag, IMAGES, MOST_IMAGE_BYTES);
            return manifest.status() == 404 ? Optional.empty() : Optional.of(Digest.of(manifest.body()));
        }
    }

    /** The manifest or index that a tag stands for. */
    Optional<JsonNode> byTag(String tag) throws RegistryException, UntrustedException {
        RegistryHttp.Answer answer = http.ask("GET", "manifests/" + tag, MANIFEST + ", " + INDEX, MOST_MANIFEST_BYTES);
        return answer.status() == 404 ? Optional.empty() : Optional.of(json(answer.body()));
    }

    JsonNode byDigest(Digest digest) throws RegistryException, UntrustedException {
        return json(checked(digest, "manifests/", MANIFEST + ", " + INDEX, MOST_MANIFEST_BYTES));
    }

    /** The manifest of an image, or the index of one for several platforms. */
    JsonNode image(Digest digest) throws RegistryException, UntrustedException {
        return json(checked(digest, "manifests/", IMAGES, MOST_IMAGE_BYTES));
    }

    /** @param mostBytes largest that is read; nor is more than the descriptor says, which the caller has counted */
    byte[] blob(Descriptor blob, int mostBytes) throws RegistryException, UntrustedException {
        if (blob.size() < 0 || blob.size() > mostBytes) {
            throw new UntrustedException(blob.digest() + " has " + blob.size() + " bytes, at most " + mostBytes
                    + " are read");
        }
        return checked(blob.digest(), "blobs/", "*/*", (int) blob.size());
    }

    /** What refers to a digest: by the referrers API, and where a registry has none, by the tag that stands for it. */
    List<Descriptor> referrers(Digest digest) throws RegistryException, UntrustedException {
        RegistryHttp.Answer answer = http.ask("GET", "referrers/" + digest, INDEX, MOST_MANIFEST_BYTES);
        Optional<JsonNode> index = answer.status() == 200 ? Optional.of(json(answer.body()))
                : byTag("sha256-" + digest.hex());
        List<Descriptor> all = new ArrayList<>();
        if (index.isPresent()) {
            for (JsonNode manifest : index.get().path("manifests")) {
                all.add(Descriptor.of(manifest));
            }
        }
        return all;
    }

    private byte[] checked(Digest digest, String kind, String accept, int mostBytes)
            throws RegistryException, UntrustedException {
        RegistryHttp.Answer answer = http.ask("GET", kind + digest, accept, mostBytes);
        if (answer.status() == 404) {
            throw new UntrustedException("the registry does not have " + digest);
        }
        if (!Digest.of(answer.body()).equals(digest)) {
            throw new UntrustedException("the registry gave something else for " + digest);
        }
        return answer.body();
    }

    private static JsonNode json(byte[] body) throws UntrustedException {
        try {
            return Json.object(body);
        } catch (IOException e) {
            throw new UntrustedException("a manifest is no JSON", e);
        }
    }
}
