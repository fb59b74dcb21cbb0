package io.kubeguardian.webhook.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * A public key whose signatures count: ECDSA with SHA-256, Ed25519, RSA (PKCS #1 v1.5 with SHA-256), which are those that
 * cosign makes and takes.
 */
final class TrustedKey {
    private static final int LEAST_RSA_BITS = 2048;
    private static final int MOST_FILE_BYTES = 64 << 10;
    private static final String[] KINDS = {"EC", "Ed25519", "RSA"};

    private final PublicKey key;
    private final String algorithm;

    private TrustedKey(PublicKey key) {
        this.key = key;
        this.algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }

    /**
     * Reads a PEM file with {@code PUBLIC KEY}, as {@code cosign generate-key-pair} and {@code openssl pkey -pubout} write it.
     *
     * @throws IllegalArgumentException with what is wrong, for a person
     */
    static TrustedKey read(Path file) {
        try {
            if (Files.size(file) > MOST_FILE_BYTES) {
                throw new IllegalArgumentException(file + " is too large for a public key");
            }
            return parse(file.toString(), Files.readString(file, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }

    private static TrustedKey parse(String file, String pem) {
        int begin = pem.indexOf("-----BEGIN PUBLIC KEY-----");
        int end = pem.indexOf("-----END PUBLIC KEY-----");
        if (begin < 0 || end < begin || pem.indexOf("-----BEGIN", begin + 1) >= 0) {
            throw new IllegalArgumentException(file + " must hold one -----BEGIN PUBLIC KEY-----");
        }
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf('\n', begin) + 1, end));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + " holds no base64", e);
        }
        for (String kind : KINDS) {
            try {
                PublicKey key = KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded));
                if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
                    throw new IllegalArgumentException(file + " is an RSA key of " + rsa.getModulus().bitLength()
                            + " bits; at least " + LEAST_RSA_BITS);
                }
                return new TrustedKey(key);
            } catch (GeneralSecurityException e) {
                continue; // not of this kind
            }
        }
        throw new IllegalArgumentException(file + " is no public key of ECDSA, Ed25519 or RSA");
    }

    boolean verifies(byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            return false; // not even a signature of that kind
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // the key was read as one of this kind
        }
    }
}
