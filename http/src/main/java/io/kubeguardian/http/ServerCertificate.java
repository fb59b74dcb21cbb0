package io.kubeguardian.http;

import io.kubeguardian.config.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The key and certificate chain that the server shows.
 *
 * @param chain the server's own certificate first
 * @param authority what a client must trust
 */
public record ServerCertificate(PrivateKey key, List<X509Certificate> chain, X509Certificate authority) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    /** RFC 5280, GeneralName: dNSName. */
    private static final Integer DNS_NAME = 2;

    /**
     * Reads PEM files. The authority is the chain's last certificate: its root if the file has it, else the
     * certificate nearest to the root, which a client can trust as well.
     *
     * @param section of the configuration that has the keys {@code certificate} and {@code privateKey}
     * @param certificate the chain, the server's own certificate first
     * @param privateKey not encrypted: PKCS#8 (RFC 7468 section 10), or of one algorithm (PKCS#1, SEC 1) as cert-manager
     *     writes it if nothing else is asked for
     * @throws ConfigException when a file cannot be used, or the key is not the certificate's
     */
    public static ServerCertificate read(String section, Path certificate, Path privateKey) {
        return parse(section, certificate, bytes(section + ".certificate", certificate), privateKey,
                bytes(section + ".privateKey", privateKey));
    }

    /** As {@link #read}, of files that are read already. */
    static ServerCertificate parse(
            String section, Path certificate, byte[] certificatePem, Path privateKey, byte[] privateKeyPem) {
        List<X509Certificate> chain = certificates(section + ".certificate", certificate, certificatePem);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        PrivateKey key = key(section + ".privateKey", privateKey, privateKeyPem, publicKey.getAlgorithm());
        if (!belongTogether(key, publicKey)) {
            throw new ConfigException(section + ".privateKey: " + privateKey
                    + " is not the key of the first certificate in " + certificate);
        }
        return new ServerCertificate(key, chain, chain.getLast());
    }

    /**
     * A context for servers that shows this certificate.
     *
     * @param clientAuthorities who signs the certificates that clients show; empty: none is asked for
     */
    public SSLContext tls(List<X509Certificate> clientAuthorities) {
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("server", key, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(),
                    clientAuthorities.isEmpty() ? null : new TrustManager[] {trust(clientAuthorities)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException("the certificate cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    /** Trusts what these authorities signed. */
    static X509ExtendedTrustManager trust(List<X509Certificate> authorities) {
        try {
            KeyStore store = emptyStore();
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            return (X509ExtendedTrustManager) trust.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException("the clients' authority cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** The authority as PEM: what {@code caBundle} of the webhook's registration holds (there base64-encoded again). */
    public String authorityPem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(authority.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateException e) {
            throw new IllegalStateException(e); // it was parsed or made here: it has an encoding
        }
    }

    /**
     * The certificates in a PEM file, of which there is at least one.
     *
     * @param setting the key that names the file
     * @throws ConfigException when it cannot be used
     */
    public static List<X509Certificate> certificates(String setting, Path file) {
        return certificates(setting, file, bytes(setting, file));
    }

    /** As {@link #certificates(String, Path)}, of a file that is read already. */
    static List<X509Certificate> certificates(String setting, Path file, byte[] pem) {
        try {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem)).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (chain.isEmpty()) {
                throw new ConfigException(setting + ": " + file + " holds no certificate; it must be PEM");
            }
            return chain;
        } catch (CertificateException e) {
            throw new ConfigException(setting + ": " + file + " is not a PEM certificate chain: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(String setting, Path file, byte[] pem, String algorithm) {
        try {
            Matcher pkcs8 = PKCS8.matcher(new String(pem, StandardCharsets.ISO_8859_1));
            if (pkcs8.find()) {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pkcs8.group(1))));
            }
            return OtherKeys.read(pem).orElseThrow(() -> new ConfigException(setting + ": " + file
                    + " holds no private key that is not encrypted (BEGIN PRIVATE KEY)"));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigException(setting + ": " + file + " is not a " + algorithm
                    + " key as the certificate needs: " + e.getMessage(), e);
        }
    }

    /** The names that a certificate is for: its subject's common name and its DNS names. */
    static List<String> names(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException e) {
            throw new CertificateParsingException("the subject is no name", e);
        }
        if (certificate.getSubjectAlternativeNames() != null) {
            for (List<?> name : certificate.getSubjectAlternativeNames()) {
                if (name.get(0).equals(DNS_NAME)) {
                    names.add((String) name.get(1));
                }
            }
        }
        return names;
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey) {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        byte[] text = {1, 2, 3};
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(publicKey);
            verifying.update(text);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] bytes(String setting, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(setting + ": " + file + ": no such file", e);
        } catch (IOException e) {
            throw new ConfigException(setting + ": " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
