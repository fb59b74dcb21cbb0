package io.kubeguardian.webhook.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * All that keyless signing needs, made by the test: an authority with an intermediate one, a log of certificates (RFC 6962)
 * and a log of signatures (Rekor v1: entry, signed entry timestamp, inclusion proof and checkpoint).
 */
final class SigstoreWorld {
    static final String ISSUER = "https://token.ci.example";
    static final String SUBJECT = "https://ci.example/team/web/build.yml@refs/heads/main";
    static final Instant SIGNED = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration CERTIFICATE_LIFE = Duration.ofMinutes(10);
    private static final ASN1ObjectIdentifier ISSUER_OID = new ASN1ObjectIdentifier("1.3.6.1.4.1.57264.1.8");
    private static final ASN1ObjectIdentifier SCT_OID = new ASN1ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2");

    private final KeyPair rootKeys = keys();
    private final KeyPair issuerKeys = keys();
    private final KeyPair certificateLog = keys();
    private final KeyPair signatureLog = keys();
    private final X509Certificate root;
    private final X509Certificate issuer;

    /** Who signs, when the certificate begins, and when the log says that it was signed. */
    record Signing(String issuer, String subject, Instant begins, Instant logged) {
        static Signing good() {
            return new Signing(ISSUER, SUBJECT, SIGNED, SIGNED.plusSeconds(5));
        }
    }

    SigstoreWorld() {
        X500Name rootName = new X500Name("O=test,CN=root");
        X500Name issuerName = new X500Name("O=test,CN=issuer");
        try {
            root = sign(authority(rootName, rootName, rootKeys, 1), rootKeys);
            issuer = sign(authority(rootName, issuerName, issuerKeys, 0), rootKeys);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file that a webhook trusts this world by. */
    Path writeTrustedRoot(Path file) throws IOException {
        ObjectNode trusted = TestImages.JSON.createObjectNode()
                .put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
        ObjectNode authority = trusted.withArray("certificateAuthorities").addObject().put("uri", "https://fulcio.test");
        authority.putObject("subject").put("organization", "test").put("commonName", "issuer");
        authority.withObject("/certChain").withArray("certificates").addObject().put("rawBytes", encoded(issuer));
        authority.withObject("/certChain").withArray("certificates").addObject().put("rawBytes", encoded(root));
        authority.putObject("validFor").put("start", "2020-01-01T00:00:00Z");
        log(trusted.withArray("tlogs").addObject(), "https://rekor.test", signatureLog);
        log(trusted.withArray("ctlogs").addObject(), "https://ct.test", certificateLog);
        return Files.write(file, TestImages.write(trusted));
    }

    private static void log(ObjectNode log, String url, KeyPair keys) {
        log.put("baseUrl", url).put("hashAlgorithm", "SHA2_256");
        log.putObject("publicKey").put("rawBytes", base64(keys.getPublic().getEncoded()))
                .put("keyDetails", "PKIX_ECDSA_P256_SHA_256").putObject("validFor").put("start", "2020-01-01T00:00:00Z");
        log.putObject("logId").put("keyId", base64(id(keys)));
    }

    /** A bundle over an in-toto statement, as {@code cosign sign} and {@code cosign attest} of version 3 make it. */
    ObjectNode bundle(byte[] statement, Signing signing) {
        KeyPair keys = keys();
        X509Certificate leaf = leaf(keys, signing);
        byte[] signature = sign(new Envelope(Envelope.IN_TOTO, statement, java.util.List.of()).signed(), keys);
        ObjectNode envelope = TestImages.JSON.createObjectNode().put("payload", base64(statement))
                .put("payloadType", Envelope.IN_TOTO);
        envelope.withArray("signatures").addObject().put("sig", base64(signature));
        ObjectNode body = TestImages.JSON.createObjectNode().put("apiVersion", "0.0.1").put("kind", "dsse");
        ObjectNode spec = body.putObject("spec");
        spec.putObject("envelopeHash").put("algorithm", "sha256").put("value", Digest.of(TestImages.write(envelope)).hex());
        spec.putObject("payloadHash").put("algorithm", "sha256").put("value", Digest.of(statement).hex());
        spec.withArray("signatures").addObject().put("signature", base64(signature)).put("verifier", base64(pem(leaf)));
        ObjectNode bundle = TestImages.JSON.createObjectNode().put("mediaType", EvidenceReader.BUNDLE);
        ObjectNode material = bundle.putObject("verificationMaterial");
        material.putObject("certificate").put("rawBytes", encoded(leaf));
        material.withArray("tlogEntries").add(entry(TestImages.write(body), "dsse", signing));
        bundle.set("dsseEnvelope", envelope);
        return bundle;
    }

    /** {@code cosign sign} of versions 1 and 2: a payload with annotations. */
    Evidence.Signature signature(byte[] payload, Signing signing) {
        KeyPair keys = keys();
        X509Certificate leaf = leaf(keys, signing);
        byte[] signature = sign(payload, keys);
        ObjectNode body = TestImages.JSON.createObjectNode().put("apiVersion", "0.0.1").put("kind", "hashedrekord");
        ObjectNode spec = body.putObject("spec");
        spec.putObject("data").putObject("hash").put("algorithm", "sha256").put("value", Digest.of(payload).hex());
        spec.putObject("signature").put("content", base64(signature)).putObject("publicKey")
                .put("content", base64(pem(leaf)));
        byte[] bytes = TestImages.write(body);
        ObjectNode log = TestImages.JSON.createObjectNode()
                .put("SignedEntryTimestamp", base64(promise(bytes, signing.logged())));
        log.putObject("Payload").put("body", base64(bytes)).put("integratedTime", signing.logged().getEpochSecond())
                .put("logIndex", 1).put("logID", HexFormat.of().formatHex(id(signatureLog)));
        return new Evidence.Signature(payload, signature, text(pem(leaf)), text(pem(issuer)) + text(pem(root)),
                text(TestImages.write(log)));
    }

    static void append(TestImages images, Digest image, Evidence.Signature signature) {
        images.append("sha256-" + image.hex() + ".sig", EvidenceReader.SIMPLE_SIGNING, signature.payload(), Map.of(
                EvidenceReader.SIGNATURE, base64(signature.signature()), EvidenceReader.CERTIFICATE,
                signature.certificate(), EvidenceReader.CHAIN, signature.chain(), EvidenceReader.LOG_ENTRY,
                signature.logEntry()));
    }

    private ObjectNode entry(byte[] body, String kind, Signing signing) {
        Digest before = Digest.of("another entry".getBytes(StandardCharsets.UTF_8));
        byte[] leafHash = Digest.of(joined(new byte[] {0}, body)).bytes();
        byte[] rootHash = Digest.of(joined(new byte[] {1}, before.bytes(), leafHash)).bytes();
        String head = "rekor.test - 1\n2\n" + base64(rootHash) + "\n";
        byte[] hint = java.util.Arrays.copyOf(id(signatureLog), 4);
        String checkpoint = head + "\n\u2014 rekor.test "
                + base64(joined(hint, sign(head.getBytes(StandardCharsets.UTF_8), signatureLog))) + "\n";
        ObjectNode entry = TestImages.JSON.createObjectNode().put("logIndex", "1")
                .put("integratedTime", Long.toString(signing.logged().getEpochSecond()));
        entry.putObject("logId").put("keyId", base64(id(signatureLog)));
        entry.putObject("kindVersion").put("kind", kind).put("version", "0.0.1");
        entry.putObject("inclusionPromise").put("signedEntryTimestamp", base64(promise(body, signing.logged())));
        ObjectNode proof = entry.putObject("inclusionProof").put("logIndex", "1").put("treeSize", "2")
                .put("rootHash", base64(rootHash));
        proof.withArray("hashes").add(base64(before.bytes()));
        proof.putObject("checkpoint").put("envelope", checkpoint);
        return entry.put("canonicalizedBody", base64(body));
    }

    /** RFC 8785 of four fields in the order of their names. */
    private byte[] promise(byte[] body, Instant logged) {
        return sign(TestImages.write(TestImages.JSON.createObjectNode().put("body", base64(body))
                .put("integratedTime", logged.getEpochSecond()).put("logID", HexFormat.of().formatHex(id(signatureLog)))
                .put("logIndex", 1)), signatureLog);
    }

    private X509Certificate leaf(KeyPair keys, Signing signing) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(issuer, BigInteger.valueOf(7),
                    Date.from(signing.begins()), Date.from(signing.begins().plus(CERTIFICATE_LIFE)), new X500Name(""),
                    keys.getPublic())
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                    .addExtension(Extension.subjectAlternativeName, true, new GeneralNames(
                            new GeneralName(GeneralName.uniformResourceIdentifier, signing.subject())))
                    .addExtension(ISSUER_OID, false, new DERUTF8String(signing.issuer()));
            byte[] precertificate = sign(builder, issuerKeys).getTBSCertificate();
            builder.addExtension(SCT_OID, false, new DEROctetString(timestamps(precertificate, signing.begins())));
            return sign(builder, issuerKeys);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 6962, section 3.2 and 3.3: a list of one signed certificate timestamp. */
    private byte[] timestamps(byte[] precertificate, Instant time) throws IOException {
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(signed);
        out.write(new byte[] {0, 0}); // version 1, a certificate's timestamp
        out.writeLong(time.toEpochMilli());
        out.writeShort(1); // of a precertificate
        out.write(Digest.of(issuer.getPublicKey().getEncoded()).bytes());
        out.writeByte(precertificate.length >> 16);
        out.writeShort(precertificate.length);
        out.write(precertificate);
        out.writeShort(0); // no extensions
        byte[] signature = sign(signed.toByteArray(), certificateLog);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream timestamp = new DataOutputStream(bytes);
        timestamp.writeByte(0);
        timestamp.write(id(certificateLog));
        timestamp.writeLong(time.toEpochMilli());
        timestamp.writeShort(0);
        timestamp.write(new byte[] {4, 3}); // SHA-256, ECDSA
        timestamp.writeShort(signature.length);
        timestamp.write(signature);
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        DataOutputStream all = new DataOutputStream(list);
        all.writeShort(bytes.size() + 2);
        all.writeShort(bytes.size());
        all.write(bytes.toByteArray());
        return list.toByteArray();
    }

    private static X509v3CertificateBuilder authority(X500Name by, X500Name name, KeyPair keys, int below)
            throws IOException {
        return new JcaX509v3CertificateBuilder(by, BigInteger.valueOf(1 + below),
                Date.from(Instant.parse("2020-01-01T00:00:00Z")), Date.from(Instant.parse("2040-01-01T00:00:00Z")), name,
                keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(below))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair authority) throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    }

    private static byte[] sign(byte[] content, KeyPair keys) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] id(KeyPair log) {
        return Digest.of(log.getPublic().getEncoded()).bytes();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String encoded(X509Certificate certificate) {
        try {
            return base64(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] pem(X509Certificate certificate) {
        try {
            return ("-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n").getBytes(StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
