package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;

/** Signs as cosign does with a key: specs/SIGNATURE_SPEC.md, ATTESTATION_SPEC.md and BUNDLE_SPEC.md of cosign; DSSE. */
public final class TestSigner {
    static final String PROVENANCE = "https://slsa.dev/provenance/v1";

    private final KeyPair keys;
    private final String algorithm;

    private TestSigner(KeyPair keys, String algorithm) {
        this.keys = keys;
        this.algorithm = algorithm;
    }

    public static TestSigner ecdsa() {
        return of("EC", 256, "SHA256withECDSA");
    }

    /** @param bits 0: the kind has one size */
    static TestSigner of(String kind, int bits, String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return new TestSigner(generator.generateKeyPair(), algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The public key as a PEM file. */
    public Path writeKey(Path file) throws IOException {
        return Files.writeString(file, "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
    }

    public byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] payload(String name, Digest image) {
        ObjectNode payload = TestImages.JSON.createObjectNode();
        ObjectNode critical = payload.putObject("critical");
        critical.putObject("identity").put("docker-reference", name);
        critical.putObject("image").put("docker-manifest-digest", image.toString());
        critical.put("type", SimpleSigning.TYPE);
        payload.putNull("optional");
        return TestImages.write(payload);
    }

    /** {@code cosign sign --key}. */
    public void sign(TestImages images, Digest image) {
        byte[] payload = payload("example", image);
        append(images, image, payload, sign(payload));
    }

    public static void append(TestImages images, Digest image, byte[] payload, byte[] signature) {
        images.append("sha256-" + image.hex() + ".sig", EvidenceReader.SIMPLE_SIGNING, payload,
                Map.of(EvidenceReader.SIGNATURE, Base64.getEncoder().encodeToString(signature)));
    }

    static byte[] statement(Digest image, String predicateType, JsonNode predicate) {
        ObjectNode statement = TestImages.JSON.createObjectNode().put("_type", "https://in-toto.io/Statement/v1");
        statement.withArray("subject").addObject().put("name", "example").withObject("/digest")
                .put("sha256", image.hex());
        statement.put("predicateType", predicateType).set("predicate", predicate);
        return TestImages.write(statement);
    }

    ObjectNode envelope(byte[] statement) {
        byte[] signed = new Envelope(Envelope.IN_TOTO, statement, java.util.List.of()).signed();
        ObjectNode envelope = TestImages.JSON.createObjectNode().put("payloadType", Envelope.IN_TOTO)
                .put("payload", Base64.getEncoder().encodeToString(statement));
        envelope.withArray("signatures").addObject().put("sig", Base64.getEncoder().encodeToString(sign(signed)));
        return envelope;
    }

    /** {@code cosign attest --key}. */
    void attest(TestImages images, Digest image, String predicateType, String predicate) {
        byte[] envelope = TestImages.write(envelope(statement(image, predicateType,
                TestImages.read(predicate.getBytes(StandardCharsets.UTF_8)))));
        images.append("sha256-" + image.hex() + ".att", EvidenceReader.ENVELOPE, envelope,
                Map.of("predicateType", predicateType));
    }

    /** {@code cosign sign --key} of version 3: a bundle that refers to the image. */
    void bundle(TestImages images, Digest image, String predicateType, String predicate) {
        ObjectNode bundle = TestImages.JSON.createObjectNode().put("mediaType", EvidenceReader.BUNDLE);
        bundle.putObject("verificationMaterial").putObject("publicKey").put("hint", "test");
        bundle.set("dsseEnvelope", envelope(statement(image, predicateType,
                TestImages.read(predicate.getBytes(StandardCharsets.UTF_8)))));
        images.refer(image, EvidenceReader.BUNDLE, TestImages.write(bundle));
    }
}
