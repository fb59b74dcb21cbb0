package io.kubeguardian.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of a Kafka client from PEM files as Kubernetes mounts a secret of cert-manager's (tls.crt, tls.key, ca.crt). Kafka's
 * own factory reads files once in a client; this one looks at them before each connection, so a renewed certificate is
 * used from the next connection on. A standing connection goes on as it began.
 */
public final class PemFilesSslEngineFactory implements SslEngineFactory {
    static final String AUTHORITY = "kubeguardian.ssl.authority";
    static final String CERTIFICATE = "kubeguardian.ssl.certificate";
    static final String PRIVATE_KEY = "kubeguardian.ssl.private.key";
    /** A secret that is replaced again and again while it is read. */
    private static final int MOST_READS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(PemFilesSslEngineFactory.class);

    /** Contents; empty where no file is configured. */
    private record Pem(String authority, String certificate, String privateKey) {}

    private Map<String, Object> configs = Map.of();
    private Pem tried;
    private String told = "";
    private SslEngineFactory current;

    @Override
    public void configure(Map<String, ?> clientConfigs) {
        configs = new HashMap<>(clientConfigs);
        tried = read();
        current = load(tried);
    }

    @Override
    public synchronized SSLEngine createClientSslEngine(String host, int port, String endpointIdentification) {
        try {
            Pem now = read();
            if (!now.equals(tried)) {
                tried = now; // once, also when it cannot be used
                current = load(now);
                told = "";
                LOG.info("event=certificates-reloaded");
            }
        } catch (ConfigException e) {
            if (!e.getMessage().equals(told)) { // once, not at each attempt to connect
                told = e.getMessage();
                LOG.warn("event=certificates-unusable consequence=\"those read before stay in use\" error=\"{}\"", told);
            }
        }
        return current.createClientSslEngine(host, port, endpointIdentification);
    }

    @Override
    public SSLEngine createServerSslEngine(String host, int port) {
        throw new UnsupportedOperationException("for clients alone");
    }

    /** Kafka asks brokers only. */
    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public synchronized KeyStore keystore() {
        return current.keystore();
    }

    @Override
    public synchronized KeyStore truststore() {
        return current.truststore();
    }

    @Override
    public void close() {
        // nothing is open
    }

    /** Kafka's own factory does the work, with the files' contents as its settings. */
    private SslEngineFactory load(Pem pem) {
        Map<String, Object> settings = new HashMap<>(configs);
        if (!pem.certificate().isEmpty()) {
            settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
            settings.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, new Password(pem.certificate()));
            settings.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, new Password(pem.privateKey()));
        }
        if (!pem.authority().isEmpty()) {
            settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
            settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, new Password(pem.authority()));
        }
        DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
        try {
            factory.configure(settings);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ConfigException("kafka.certificate, kafka.privateKey and kafka.authority cannot be used: "
                    + cause.getMessage() + "; they must be PEM, the key PKCS#8 (BEGIN PRIVATE KEY)", e);
        }
        return factory;
    }

    /**
     * All three of one time: Kubernetes replaces the directory behind them at once, but they are read one by one. Two
     * readings that agree were not made across a replacement.
     */
    private Pem read() {
        Pem last = readOnce();
        for (int i = 0; i < MOST_READS; i++) {
            Pem again = readOnce();
            if (again.equals(last)) {
                return again;
            }
            last = again;
        }
        throw new ConfigException("kafka.certificate changes while it is read");
    }

    private Pem readOnce() {
        return new Pem(text("kafka.authority", AUTHORITY), text("kafka.certificate", CERTIFICATE),
                text("kafka.privateKey", PRIVATE_KEY));
    }

    private String text(String key, String config) {
        String file = (String) configs.get(config);
        if (file == null || file.isEmpty()) {
            return "";
        }
        try {
            return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1); // PEM is ASCII
        } catch (NoSuchFileException e) {
            throw new ConfigException(key + ": " + file + ": no such file", e);
        } catch (IOException e) {
            throw new ConfigException(key + ": " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
