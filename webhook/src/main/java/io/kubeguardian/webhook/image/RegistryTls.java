package io.kubeguardian.webhook.image;

import io.kubeguardian.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whom registries' certificates may be from. */
final class RegistryTls {
    private RegistryTls() {}

    /**
     * @param authorities PEM file with authorities besides those that Java trusts; empty: none
     * @throws ConfigException when the file cannot be used
     */
    static SSLContext trusting(String authorities) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate certificate : ofJava()) {
                trusted.setCertificateEntry("java-" + number++, certificate);
            }
            if (!authorities.isEmpty()) {
                int before = number;
                try (InputStream in = Files.newInputStream(Path.of(authorities))) {
                    for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        trusted.setCertificateEntry("own-" + number++, certificate);
                    }
                }
                if (number == before) {
                    throw new ConfigException("images.registryAuthorities: " + authorities + " holds no certificate");
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(trusted), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException("images.registryAuthorities: cannot use " + authorities + ": " + e.getMessage(), e);
        }
    }

    private static X509Certificate[] ofJava() throws GeneralSecurityException {
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager x509) {
                return x509.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    private static TrustManager[] managers(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        return factory.getTrustManagers();
    }
}
