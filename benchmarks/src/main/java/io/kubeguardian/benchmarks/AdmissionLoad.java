package io.kubeguardian.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * AdmissionReviews over kept TLS connections: at a fixed rate, each latency counted from when its request was due (so that a stall
 * counts for all that it delays), or as fast as they are answered.
 */
final class AdmissionLoad {
    private static final int CONNECTIONS = 16;

    private final SSLSocketFactory tls;
    private final int port;
    private final byte[][] requests;
    private final LongAdder expired = new LongAdder();

    /** @param authority PEM file with what the server's certificate is signed by */
    AdmissionLoad(Path authority, int port, List<byte[]> reviews) throws Exception {
        this.tls = trusting(Files.readString(authority)).getSocketFactory();
        this.port = port;
        this.requests = reviews.stream().map(this::request).toArray(byte[][]::new);
    }

    /** Answers so far that were given without judging, because the webhook's budget was over. */
    long expired() {
        return expired.sum();
    }

    private byte[] request(byte[] review) {
        byte[] head = ("POST /validate?timeout=10s HTTP/1.1\r\nHost: localhost:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: " + review.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = Arrays.copyOf(head, head.length + review.length);
        System.arraycopy(review, 0, request, head.length, review.length);
        return request;
    }

    /** Milliseconds of each request, sorted. @param rate requests a second; 0: as fast as they are answered */
    double[] run(int rate, int seconds) throws Exception {
        Phaser connected = new Phaser(CONNECTIONS);
        try (ExecutorService callers = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<List<Double>>> parts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int number = i;
                parts.add(callers.submit(() -> call(number, rate, seconds, connected)));
            }
            List<Double> all = new ArrayList<>();
            for (Future<List<Double>> part : parts) {
                all.addAll(part.get());
            }
            return Run.sorted(all);
        }
    }

    private List<Double> call(int number, int rate, int seconds, Phaser connected) throws IOException {
        long interval = rate == 0 ? 0 : 1_000_000_000L * CONNECTIONS / rate;
        List<Double> latencies = new ArrayList<>();
        try (SSLSocket socket = (SSLSocket) tls.createSocket("localhost", port)) {
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[64 << 10];
            connected.arriveAndAwaitAdvance();
            long start = System.nanoTime();
            long end = start + seconds * 1_000_000_000L;
            long due = start + number * interval / CONNECTIONS;
            for (int i = number; due < end; i++) {
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                out.write(requests[i % requests.length]);
                answer(in, buffer);
                latencies.add((System.nanoTime() - due) / 1e6);
                due = rate == 0 ? System.nanoTime() : due + interval;
            }
        }
        return latencies;
    }

    private void answer(InputStream in, byte[] buffer) throws IOException {
        int filled = 0;
        while (true) {
            int count = in.read(buffer, filled, buffer.length - filled);
            if (count < 0) {
                throw new IOException("connection closed");
            }
            filled += count;
            String text = new String(buffer, 0, filled, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                continue;
            }
            String length = text.substring(0, end).toLowerCase(Locale.ROOT)
                    .replaceAll("(?s).*content-length: *(\\d+).*", "$1");
            if (filled >= end + 4 + Integer.parseInt(length)) {
                if (!text.startsWith("HTTP/1.1 200") || !text.contains("\"allowed\":true")) {
                    throw new IOException("wrong answer: " + text);
                }
                if (text.contains("webhook.budgetMillis")) {
                    expired.increment();
                }
                return;
            }
        }
    }

    private static SSLContext trusting(String pem) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
