package io.kubeguardian.intel.feed;

import io.kubeguardian.config.FeedSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Fetches one feed by HTTP into files of a folder that the caller owns. Bounded in time and bytes; redirects are refused
 * unless the feed allows them; asks only for what is newer, where the server knows.
 */
final class FeedFetcher {
    private static final int MOST_REDIRECTS = 3;
    private static final int BUFFER = 1 << 16;

    /** @param file null: nothing new since the last time */
    record Fetched(Path file, String etag, String lastModified) {}

    private final FeedSettings feed;
    private final HttpClient client;
    private final long deadline;
    private long bytesLeft;

    /** @throws FeedException when the feed's authority cannot be used */
    FeedFetcher(FeedSettings feed) throws FeedException {
        this.feed = feed;
        HttpClient.Builder builder = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(Math.min(20, feed.timeoutSeconds())));
        if (!feed.authority().isEmpty()) {
            builder.sslContext(trusting(feed));
        }
        this.client = builder.build();
        this.deadline = System.nanoTime() + Duration.ofSeconds(feed.timeoutSeconds()).toNanos();
        this.bytesLeft = feed.maxBytes();
    }

    private static SSLContext trusting(FeedSettings feed) throws FeedException {
        try (InputStream pem = Files.newInputStream(Path.of(feed.authority()))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new FeedException("authority " + feed.authority() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * @param etag of the last answer, or empty; with it what has not changed is not sent
     * @param folder where the file goes
     */
    Fetched fetch(URI url, String etag, String lastModified, Path folder) throws FeedException, InterruptedException {
        URI at = url;
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> response = ask(at, etag, lastModified, at.getAuthority().equals(url.getAuthority()));
            try (InputStream body = response.body()) {
                int status = response.statusCode();
                if (status == 304 && !(etag.isEmpty() && lastModified.isEmpty())) {
                    return new Fetched(null, etag, lastModified);
                }
                Optional<String> location = response.headers().firstValue("Location");
                if (status >= 300 && status < 400 && location.isPresent()) {
                    at = redirect(at, location.get(), redirects);
                    continue;
                }
                if (status != 200) {
                    throw new FeedException(shown(at) + " answers " + status);
                }
                Path file = Files.createTempFile(folder, "feed-", "");
                Executor later = CompletableFuture.delayedExecutor(left(at).toNanos(), TimeUnit.NANOSECONDS);
                CompletableFuture<Void> end = CompletableFuture.runAsync(() -> close(body), later);
                try {
                    copy(body, file, at);
                } finally {
                    end.cancel(false);
                }
                return new Fetched(file, header(response, "ETag"), header(response, "Last-Modified"));
            } catch (IOException e) {
                left(at); // when the time is over, that is the reason
                throw new FeedException(shown(at) + ": " + e.getMessage(), e);
            }
        }
    }

    /** Ends a read that waits for a server which has gone silent. */
    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nobody asks for it
        }
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).filter(value -> value.length() <= 256).orElse("");
    }

    private HttpResponse<InputStream> ask(URI url, String etag, String lastModified, boolean sameServer)
            throws FeedException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(left(url))
                .header("User-Agent", "kubeguardian-intel").header("Accept", "*/*");
        if (!etag.isEmpty()) {
            request.header("If-None-Match", etag);
        }
        if (!lastModified.isEmpty()) {
            request.header("If-Modified-Since", lastModified);
        }
        try {
            if (!feed.authorizationFile().isEmpty() && sameServer) { // nobody else is told it
                request.header("Authorization", Files.readString(Path.of(feed.authorizationFile())).strip());
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException | IllegalArgumentException e) {
            throw new FeedException(shown(url) + ": " + (e.getMessage() == null ? e : e.getMessage()), e);
        }
    }

    private URI redirect(URI from, String location, int redirects) throws FeedException {
        String elsewhere = FeedContents.shown(FeedSource.shown(location));
        if (!feed.followRedirects()) {
            throw new FeedException(shown(from) + " sends elsewhere, to " + elsewhere
                    + ": make that the source, or set followRedirects: true");
        }
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new FeedException(shown(from) + " sends to " + elsewhere + ", which is no URL", e);
        }
        boolean tls = "https".equalsIgnoreCase(to.getScheme());
        if (redirects >= MOST_REDIRECTS || to.getHost() == null
                || !tls && ("https".equalsIgnoreCase(from.getScheme()) || !"http".equalsIgnoreCase(to.getScheme()))) {
            throw new FeedException(shown(from) + " sends to " + elsewhere + ": too many redirects, or away from TLS");
        }
        return to;
    }

    private void copy(InputStream body, Path file, URI from) throws IOException, FeedException {
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                bytesLeft -= read;
                if (bytesLeft < 0) {
                    throw new FeedException(shown(from) + " is larger than maxBytes, " + feed.maxBytes());
                }
                left(from);
                out.write(buffer, 0, read);
            }
        }
    }

    private static String shown(URI url) {
        return FeedSource.shown(url.toString());
    }

    private Duration left(URI url) throws FeedException {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            throw new FeedException(shown(url) + " took longer than timeoutSeconds, " + feed.timeoutSeconds());
        }
        return Duration.ofNanos(nanos);
    }
}
