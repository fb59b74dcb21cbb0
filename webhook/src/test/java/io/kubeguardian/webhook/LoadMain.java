package io.kubeguardian.webhook;

import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the webhook against a server that does nothing, in turn, in the same JVM: requests at a fixed rate over TLS
 * keep-alive, each latency counted from when the request was due (so that a stall counts for all that it delays).
 * Arguments: requests a second (1000), seconds a round (10). Run it in the module's folder; see README.md.
 */
final class LoadMain {
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 3;
    private static final int WORKLOADS = 2_000;
    private static final byte[] POD = Reviews.bytes("pod-create-by-replicaset.json");

    private LoadMain() {}

    public static void main(String[] args) throws Exception {
        int rate = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        Path folder = Files.createTempDirectory("kubeguardian-load-");
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            publish(kafka);
            try (WebhookProcess server = new WebhookProcess(LoadServer.class, Map.of(
                    "KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(),
                    "KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod",
                    "KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1",
                    "KUBEGUARDIAN_WEBHOOK_PORT", "0",
                    "KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1"), folder.toString())) {
                String[] ports = server.line("ready ").split(" ");
                SSLSocketFactory nothingTls = tls(folder.resolve("nothing.pem"));
                SSLSocketFactory webhookTls = tls(folder.resolve("webhook.pem"));
                int nothing = Integer.parseInt(ports[1]);
                int webhook = Integer.parseInt(ports[2]);
                System.out.printf("%d workloads at risk, body %d bytes, %d connections%n",
                        WORKLOADS, POD.length, CONNECTIONS);
                System.out.printf("resident, idle: %d MiB%n", residentMiB(server.pid()));
                round(nothingTls, nothing, rate, seconds);
                round(webhookTls, webhook, rate, seconds);
                System.out.printf(Locale.ROOT, "%-10s %8s %8s %8s %8s%n", "", "p50 ms", "p99 ms", "max ms", "req/s");
                for (int i = 0; i < ROUNDS; i++) {
                    print("nothing", round(nothingTls, nothing, rate, seconds), seconds);
                    print("webhook", round(webhookTls, webhook, rate, seconds), seconds);
                }
                System.out.printf("resident, after: %d MiB%n", residentMiB(server.pid()));
            }
        } finally {
            Files.deleteIfExists(folder.resolve("nothing.pem"));
            Files.deleteIfExists(folder.resolve("webhook.pem"));
            Files.deleteIfExists(folder);
        }
    }

    private static void publish(EmbeddedKafka kafka) {
        AvroCodec<RiskScore> codec = AvroCodec.of(RiskScore.class);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < WORKLOADS; i++) {
                // The workload called for is one of them, below the threshold: its risk is computed for each answer.
                WorkloadRef workload = new WorkloadRef("prod", "shop", "Deployment", i == 0 ? "orders" : "w" + i);
                producer.send(new ProducerRecord<>(Topics.RISK, Keys.bytes(Keys.workload(workload)),
                        codec.encode(Reviews.risk(workload, 60, Instant.now()))));
            }
        }
    }

    private static SSLSocketFactory tls(Path ca) throws IOException {
        return TlsClient.trusting(Files.readString(ca)).getSocketFactory();
    }

    /** Latencies in nanoseconds, sorted. */
    private static long[] round(SSLSocketFactory tls, int port, int rate, int seconds) throws Exception {
        long interval = 1_000_000_000L * CONNECTIONS / rate;
        int each = rate * seconds / CONNECTIONS;
        Phaser connected = new Phaser(CONNECTIONS);
        try (ExecutorService callers = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<long[]>> parts = IntStream.range(0, CONNECTIONS)
                    .mapToObj(i -> callers.submit(() ->
                            call(tls, port, connected, i * interval / CONNECTIONS, interval, each)))
                    .toList();
            long[] all = new long[each * CONNECTIONS];
            int at = 0;
            for (Future<long[]> part : parts) {
                System.arraycopy(part.get(), 0, all, each * at++, each);
            }
            Arrays.sort(all);
            return all;
        }
    }

    private static long[] call(
            SSLSocketFactory tls, int port, Phaser connected, long offset, long interval, int count) throws IOException {
        byte[] head = ("POST /validate?timeout=10s HTTP/1.1\r\nHost: localhost:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: " + POD.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = Arrays.copyOf(head, head.length + POD.length);
        System.arraycopy(POD, 0, request, head.length, POD.length);
        long[] latencies = new long[count];
        try (SSLSocket socket = (SSLSocket) tls.createSocket("localhost", port)) {
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] buffer = new byte[16 << 10];
            connected.arriveAndAwaitAdvance();
            long start = System.nanoTime() + offset;
            for (int i = 0; i < count; i++) {
                long due = start + i * interval;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                out.write(request);
                answer(in, buffer);
                latencies[i] = System.nanoTime() - due;
            }
        }
        return latencies;
    }

    private static void answer(InputStream in, byte[] buffer) throws IOException {
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
                return;
            }
        }
    }

    private static void print(String name, long[] latencies, int seconds) {
        System.out.printf(Locale.ROOT, "%-10s %8.2f %8.2f %8.2f %8d%n", name,
                latencies[latencies.length / 2] / 1e6, latencies[latencies.length * 99 / 100] / 1e6,
                latencies[latencies.length - 1] / 1e6, latencies.length / seconds);
    }

    private static long residentMiB(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst().orElseThrow();
    }
}
