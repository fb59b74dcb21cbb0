package io.kubeguardian.http;

import io.kubeguardian.config.ConfigException;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's TLS from files that change while it runs, as a mounted secret of cert-manager's does (tls.crt, tls.key, ca.crt behind
 * the link {@code ..data}). They are looked at with a handshake, once a second at most; a standing connection goes on as
 * it began, and clients that show a certificate show it with every connection: none is resumed. Files that cannot be used
 * are said once, and those before stay in use.
 */
public final class ReloadingTls {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);
    /** A secret that is replaced again and again while it is read. */
    private static final int MOST_READS = 10;
    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Paths files;
    private final Set<String> clientNames;
    private final SSLContext context;
    private final AtomicLong nextLook = new AtomicLong();
    private Content tried;
    private volatile Loaded current;
    /** What a handshake that is under way may have begun with. */
    private volatile Loaded previous;

    private record Paths(String section, Path certificate, Path privateKey, Path clientAuthority) {}

    private record Content(byte[] certificate, byte[] privateKey, byte[] clientAuthority) {
        boolean same(Content other) {
            return Arrays.equals(certificate, other.certificate) && Arrays.equals(privateKey, other.privateKey)
                    && Arrays.equals(clientAuthority, other.clientAuthority);
        }
    }

    /** @param trust null: clients show nothing */
    private record Loaded(String alias, ServerCertificate certificate, X509ExtendedTrustManager trust) {}

    /**
     * @param section of the configuration that has the keys {@code certificate}, {@code privateKey} and {@code clientAuthority}
     * @param clientAuthority who signs the certificates that clients must show; null: none is asked for
     * @param clientNames of which a client's certificate must have one, as its common name or a DNS name; empty: any
     * @throws ConfigException when a file cannot be used
     */
    public ReloadingTls(
            String section, Path certificate, Path privateKey, Path clientAuthority, Set<String> clientNames) {
        this.files = new Paths(section, certificate, privateKey, clientAuthority);
        this.clientNames = Set.copyOf(clientNames);
        this.tried = read();
        this.current = load(tried, 0);
        this.previous = current;
        this.nextLook.set(System.nanoTime() + LOOK_EVERY_NANOS);
        try {
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new Keys()}, clientAuthority == null ? null : new TrustManager[] {new Clients()},
                    null);
        } catch (GeneralSecurityException e) {
            throw new ConfigException("the certificate cannot be used for TLS: " + e.getMessage(), e);
        }
    }

    /** Shows whatever certificate the files hold at the time of the handshake. */
    public SSLContext context() {
        return context;
    }

    /** Whether clients must show a certificate. */
    public boolean asksClients() {
        return files.clientAuthority != null;
    }

    /** The certificate in use. */
    public ServerCertificate certificate() {
        return current.certificate;
    }

    /** When the certificate in use ends. */
    public Instant ends() {
        return current.certificate.chain().getFirst().getNotAfter().toInstant();
    }

    /** Looks at the files if it is time to. */
    private void look() {
        long due = nextLook.get();
        long now = System.nanoTime();
        if (now - due < 0 || !nextLook.compareAndSet(due, now + LOOK_EVERY_NANOS)) {
            return;
        }
        synchronized (this) {
            try {
                Content content = read();
                if (!content.same(tried)) {
                    tried = content; // once, also when it cannot be used
                    Loaded loaded = load(content, Integer.parseInt(current.alias) + 1);
                    previous = current;
                    current = loaded;
                    LOG.info("event=certificates-reloaded section={} ends={}", files.section, ends());
                }
            } catch (ConfigException e) {
                LOG.warn("event=certificates-unusable consequence=\"those read before stay in use\" error=\"{}\"",
                        e.getMessage());
            }
        }
    }

    private Loaded load(Content content, int number) {
        ServerCertificate certificate = ServerCertificate.parse(
                files.section, files.certificate, content.certificate, files.privateKey, content.privateKey);
        X509ExtendedTrustManager trust = files.clientAuthority == null ? null
                : ServerCertificate.trust(ServerCertificate.certificates(
                        files.section + ".clientAuthority", files.clientAuthority, content.clientAuthority));
        return new Loaded(Integer.toString(number), certificate, trust);
    }

    /**
     * All of one time: Kubernetes replaces the directory behind them at once, but they are read one by one. Two readings that
     * agree were not made across a replacement.
     */
    private Content read() {
        Content last = readOnce();
        for (int i = 0; i < MOST_READS; i++) {
            Content again = readOnce();
            if (again.same(last)) {
                return again;
            }
            last = again;
        }
        throw new ConfigException(files.section + ".certificate changes while it is read");
    }

    private Content readOnce() {
        return new Content(bytes("certificate", files.certificate), bytes("privateKey", files.privateKey),
                files.clientAuthority == null ? new byte[0] : bytes("clientAuthority", files.clientAuthority));
    }

    private byte[] bytes(String key, Path file) {
        String setting = files.section + '.' + key;
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(setting + ": " + file + ": no such file", e);
        } catch (IOException e) {
            throw new ConfigException(setting + ": " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Loaded named(String alias) {
        Loaded now = current;
        return now.alias.equals(alias) ? now : previous;
    }

    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return alias(keyType);
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return alias(keyType);
        }

        private String alias(String keyType) {
            look();
            Loaded now = current;
            // TLS 1.3 asks for each kind of key in turn; an edwards curve's certificate calls itself EdDSA.
            return keyType.startsWith(now.certificate.key().getAlgorithm()) ? now.alias : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return named(alias).certificate.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return named(alias).certificate.key();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            String alias = alias(keyType);
            return alias == null ? null : new String[] {alias};
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    private final class Clients extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
            forget(((SSLSocket) socket).getHandshakeSession());
            current.trust.checkClientTrusted(chain, authType, socket);
            checkName(chain[0]);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            forget(engine.getHandshakeSession());
            current.trust.checkClientTrusted(chain, authType, engine);
            checkName(chain[0]);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            current.trust.checkClientTrusted(chain, authType);
            checkName(chain[0]);
        }

        /**
         * A resumed session is not judged again, for a day: neither the files nor the client's certificate would be looked at.
         * One that is invalid before the handshake is over gets no ticket and is not kept; its connection goes on.
         */
        private void forget(SSLSession session) {
            session.invalidate();
        }

        private void checkName(X509Certificate client) throws CertificateException {
            if (!clientNames.isEmpty() && ServerCertificate.names(client).stream().noneMatch(clientNames::contains)) {
                throw new CertificateException("the client's certificate has none of the names that are let in");
            }
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return current.trust.getAcceptedIssuers();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
            throw new CertificateException("for servers alone");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("for servers alone");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("for servers alone");
        }
    }
}
