package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MonitorIT {
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void publish() throws Exception {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        AvroCodec<Signal> codec = AvroCodec.of(Signal.class);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            send(producer, Topics.SIGNALS, codec.encode(signal("Loud in shop", Priority.CRITICAL, "shop")));
            send(producer, Topics.SIGNALS, "junk".getBytes(StandardCharsets.UTF_8));
            send(producer, Topics.SIGNALS, codec.encode(signal("Quiet in shop", Priority.NOTICE, "shop")));
            send(producer, Topics.SIGNALS, codec.encode(signal("Loud elsewhere", Priority.CRITICAL, "bank")));
            send(producer, Topics.SIGNALS, codec.encode(signal("Last in shop", Priority.WARNING, "shop")));
            send(producer, Topics.ALERTS, alert("Loud in shop", "Critical", "shop"));
            send(producer, Topics.ALERTS, alert("Loud elsewhere", "Critical", "bank"));
            send(producer, Topics.ALERTS, alert("Last in shop", "Warning", "shop"));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void theTableShowsWhatIsWantedAndNamesWhatItCannotRead() throws Exception {
        Output output = monitor("Last in shop", "--namespace", "shop", "--priority", "warning");

        assertThat(output.out()).contains("CRITICAL", "Loud in shop", "shop/Deployment/orders")
                .doesNotContain("Quiet in shop", "Loud elsewhere");
        assertThat(output.err()).contains("kubeguardian.signals offset 1");
        assertThat(output.code()).isZero();
    }

    @Test
    void jsonIsOneAlertALineAndNothingElse() throws Exception {
        Output output = monitor("Last in shop", "--format", "json", "--deployment", "orders", "--namespace", "shop");

        List<String> rules = new ArrayList<>();
        for (String line : output.out().strip().split("\n")) {
            JsonNode alert = new ObjectMapper().readTree(line);
            rules.add(alert.path("unmapped").path("rule").asText());
        }
        assertThat(rules).containsExactly("Loud in shop", "Last in shop");
    }

    private record Output(int code, String out, String err) {}

    /** Runs the command until its output has {@code last}, then interrupts it as Ctrl-C does. */
    private static Output monitor(String last, String... options) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        AtomicInteger code = new AtomicInteger(-1);
        List<String> line = new ArrayList<>(
                List.of("monitor", "--from-beginning", "--bootstrap-servers", kafka.bootstrapServers()));
        line.addAll(List.of(options));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            Thread command = Thread.ofPlatform().start(() -> code.set(Main.run(line.toArray(String[]::new))));
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!out.toString(StandardCharsets.UTF_8).contains(last) && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            command.interrupt();
            command.join();
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
        return new Output(code.get(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Signal signal(String rule, Priority priority, String namespace) {
        return new Signal(rule, SignalKind.RULE, rule, priority, List.of(), List.of(), 1_000_000_000L, 2_000_000_000L,
                new WorkloadRef("c", namespace, "Deployment", "orders"), new PodRef("uid", namespace, "p", "n", true),
                "", "", null, List.of(), rule + " happened", Map.of(), new Completeness(true, 0L, 0L), "",
                Map.of(), 0.0, List.of());
    }

    private static byte[] alert(String rule, String priority, String namespace) {
        return ("{\"resources\": [{\"type\": \"Deployment\", \"name\": \"orders\", \"namespace\": \"" + namespace
                + "\", \"data\": {\"cluster\": \"c\"}}], \"unmapped\": {\"rule\": \"" + rule + "\", \"priority\": \""
                + priority + "\"}}").getBytes(StandardCharsets.UTF_8);
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
    }
}
