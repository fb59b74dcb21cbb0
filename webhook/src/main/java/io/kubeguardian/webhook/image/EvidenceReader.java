package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Collects what stands beside an image: by cosign's tags (specs/SIGNATURE_SPEC.md and ATTESTATION_SPEC.md) and as Sigstore
 * bundles that refer to it (specs/BUNDLE_SPEC.md). What cannot be read does not hide the rest: whoever may push an
 * image could otherwise make its registry look like one that is away.
 */
final class EvidenceReader {
    static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";
    static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";
    static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
    static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    static final String CHAIN = "dev.sigstore.cosign/chain";
    static final String LOG_ENTRY = "dev.sigstore.cosign/bundle";

    /** Payloads of simple signing have some hundred bytes. */
    private static final int MOST_PAYLOAD_BYTES = 64 << 10;
    private static final int MOST_STATEMENT_BYTES = 2 << 20;
    /** Of one image, read for one lookup. */
    private static final int MOST_PIECES = 32;
    private static final int MOST_BYTES = 6 << 20;

    private final Repository repository;
    private final Digest image;
    private final Evidence evidence =
            new Evidence(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    private int pieces;
    private long bytes;

    private EvidenceReader(Repository repository, Digest image) {
        this.repository = repository;
        this.image = image;
    }

    /** @throws RegistryException when the registry is away, slow or refuses */
    static Evidence read(Repository repository, Digest image) throws RegistryException {
        EvidenceReader reader = new EvidenceReader(repository, image);
        reader.attempt(() -> reader.layers(".sig", SIMPLE_SIGNING, reader::signature));
        reader.attempt(() -> reader.layers(".att", ENVELOPE, reader::envelope));
        reader.attempt(reader::bundles);
        return reader.evidence;
    }

    private interface Reading {
        void read() throws RegistryException, UntrustedException;
    }

    private interface Layer {
        void read(Descriptor layer) throws RegistryException, UntrustedException;
    }

    private void attempt(Reading reading) throws RegistryException {
        try {
            reading.read();
        } catch (UntrustedException e) {
            evidence.unread().add(e.getMessage());
        }
    }

    private void layers(String suffix, String mediaType, Layer layer) throws RegistryException, UntrustedException {
        Optional<JsonNode> manifest = repository.byTag("sha256-" + image.hex() + suffix);
        for (JsonNode json : manifest.isEmpty() ? List.<JsonNode>of() : manifest.get().path("layers")) {
            attempt(() -> {
                Descriptor descriptor = Descriptor.of(json);
                if (descriptor.mediaType().equals(mediaType)) {
                    layer.read(descriptor);
                }
            });
        }
    }

    private void signature(Descriptor layer) throws RegistryException, UntrustedException {
        byte[] signature;
        try {
            signature = Base64.getDecoder().decode(layer.annotation(SIGNATURE));
        } catch (IllegalArgumentException e) {
            throw new UntrustedException("a signature is no base64", e);
        }
        evidence.signatures().add(new Evidence.Signature(piece(layer, MOST_PAYLOAD_BYTES), signature,
                layer.annotation(CERTIFICATE), layer.annotation(CHAIN), layer.annotation(LOG_ENTRY)));
    }

    private void envelope(Descriptor layer) throws RegistryException, UntrustedException {
        evidence.envelopes().add(piece(layer, MOST_STATEMENT_BYTES));
    }

    private void bundles() throws RegistryException, UntrustedException {
        for (Descriptor referrer : repository.referrers(image)) {
            // Some registries leave the type out, and some have it in the manifest's annotations alone.
            if (referrer.artifactType().isEmpty() || referrer.artifactType().equals(BUNDLE)) {
                attempt(() -> bundle(referrer));
            }
        }
    }

    private void bundle(Descriptor referrer) throws RegistryException, UntrustedException {
        take(0);
        for (JsonNode json : repository.byDigest(referrer.digest()).path("layers")) {
            Descriptor layer = Descriptor.of(json);
            if (layer.mediaType().equals(BUNDLE)) {
                evidence.bundles().add(piece(layer, MOST_STATEMENT_BYTES));
            }
        }
    }

    private byte[] piece(Descriptor layer, int mostBytes) throws RegistryException, UntrustedException {
        take(Math.max(0, layer.size()));
        return repository.blob(layer, mostBytes);
    }

    private void take(long size) throws UntrustedException {
        pieces++;
        bytes += size;
        if (pieces > MOST_PIECES || bytes > MOST_BYTES) {
            throw new UntrustedException("more signatures and attestations than are read: " + MOST_PIECES + ", and "
                    + MOST_BYTES + " bytes");
        }
    }
}
