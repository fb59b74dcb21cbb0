package io.kubeguardian.http;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** PEM files as others write them, and an authority for clients. */
final class TestPem {
    /** Of clients that look at the certificate themselves. */
    static final X509TrustManager ANYBODY = new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    };

    private TestPem() {}

    static String chain(ServerCertificate certificate) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate each : certificate.chain()) {
            pem.append(of("CERTIFICATE", each.getEncoded()));
        }
        return pem.toString();
    }

    static String pkcs8(ServerCertificate certificate) {
        return of("PRIVATE KEY", certificate.key().getEncoded());
    }

    static String sec1(ServerCertificate certificate) throws Exception {
        return of("EC PRIVATE KEY", new ECPrivateKey(256, ((java.security.interfaces.ECPrivateKey) certificate.key()).getS(),
                SECObjectIdentifiers.secp256r1).getEncoded());
    }

    static String of(String type, byte[] content) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + type + "-----\n";
    }

    static Authority authority() throws Exception {
        KeyPair keys = keys();
        X500Name name = new X500Name("CN=clients");
        return new Authority(keys, sign(name, name, keys, keys, true));
    }

    record Authority(KeyPair keys, X509Certificate certificate) {
        String pem() throws Exception {
            return of("CERTIFICATE", certificate.getEncoded());
        }

        /** A client's TLS with a certificate of this authority; it trusts any server. */
        SSLContext client(String name) throws Exception {
            KeyPair own = TestPem.keys();
            X509Certificate signed = sign(new X500Name("CN=clients"), new X500Name("O=system:masters,CN=" + name), own, keys, false);
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", own.getPrivate(), new char[0], new Certificate[] {signed});
            KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), new TrustManager[] {ANYBODY}, null);
            return context;
        }
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(X500Name issuer, X500Name subject, KeyPair own, KeyPair authority, boolean isAuthority)
            throws Exception {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(issuer, BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minusSeconds(60)), Date.from(now.plusSeconds(3600)), subject, own.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        if (!isAuthority) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    }
}
