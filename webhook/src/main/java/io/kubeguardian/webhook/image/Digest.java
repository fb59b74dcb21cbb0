package io.kubeguardian.webhook.image;

import com.google.re2j.Pattern;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What content is called by. OCI image specification v1.1, "Digests"; of its algorithms SHA-256 alone, which every registry
 * and every signer uses.
 *
 * @param hex 64 lower-case digits
 */
public record Digest(String hex) {
    private static final String PREFIX = "sha256:";
    private static final Pattern WRITTEN = Pattern.compile("sha256:[0-9a-f]{64}");

    /** @throws IllegalArgumentException when it is none */
    public static Digest parse(String text) {
        if (text.length() != PREFIX.length() + 64 || !WRITTEN.matches(text)) {
            throw new IllegalArgumentException("the digest is not sha256: and 64 lower-case hexadecimal digits");
        }
        return new Digest(text.substring(PREFIX.length()));
    }

    public static Digest of(byte[] content) {
        try {
            return new Digest(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
