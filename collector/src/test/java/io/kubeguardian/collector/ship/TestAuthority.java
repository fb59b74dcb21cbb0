package io.kubeguardian.collector.ship;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that signs certificates for 127.0.0.1, good for an hour. */
final class TestAuthority {
    /** PEM. @param key PKCS#8 */
    record Signed(String certificate, String key) {
        /** As cert-manager writes a secret, and Kubernetes mounts it. */
        void write(Path folder, String authorities) throws IOException {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("tls.crt"), certificate);
            Files.writeString(folder.resolve("tls.key"), key);
            Files.writeString(folder.resolve("ca.crt"), authorities);
        }
    }

    private final X500Name name;
    private final KeyPair keys = keys();
    final String certificate;

    TestAuthority(String name) throws Exception {
        this.name = new X500Name("CN=" + name);
        this.certificate = pem(sign(this.name, keys, true));
    }

    Signed sign(String subject) throws Exception {
        KeyPair own = keys();
        return new Signed(pem(sign(new X500Name("CN=" + subject), own, false)),
                pem(new JcaPKCS8Generator(own.getPrivate(), null).generate()));
    }

    private X509CertificateHolder sign(X500Name subject, KeyPair own, boolean authority)
            throws IOException, OperatorCreationException {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(name, new BigInteger(120, new SecureRandom()),
                Date.from(now.minusSeconds(60)), Date.from(now.plusSeconds(3_600)), subject, own.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                .addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
