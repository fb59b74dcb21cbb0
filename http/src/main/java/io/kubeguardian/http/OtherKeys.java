package io.kubeguardian.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Optional;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Private keys in formats that the JDK does not read: PKCS#1 (BEGIN RSA PRIVATE KEY) and SEC 1 (BEGIN EC PRIVATE KEY). A class of
 * its own because Bouncy Castle's signed archive costs megabytes as soon as a class of it is loaded.
 */
final class OtherKeys {
    private OtherKeys() {}

    /** The first key in it. @throws IOException when it is there and cannot be read */
    static Optional<PrivateKey> read(byte[] pem) throws IOException {
        try (PEMParser parser = new PEMParser(
                new InputStreamReader(new ByteArrayInputStream(pem), StandardCharsets.ISO_8859_1))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                if (part instanceof PEMKeyPair pair) {
                    return Optional.of(new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo()));
                }
            }
            return Optional.empty();
        }
    }
}
