package io.kubeguardian.collector.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.collector.batch.BatchContents;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.PreciousMask;
import io.kubeguardian.schema.TopicSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker that asks its clients for a certificate. */
class TlsIT {
    private static final long SMALL = 4 << 20;

    @TempDir
    Path folder;

    private final KafkaErrors errors = new KafkaErrors();
    private TestAuthority old;
    private TestAuthority renewed;
    private EmbeddedKafka kafka;

    @BeforeEach
    void start() throws Exception {
        old = new TestAuthority("old");
        renewed = new TestAuthority("renewed");
        brokerOf(old);
        kafka = EmbeddedKafka.start(0, folder.resolve("kafka"), Map.of(
                "listener.security.protocol.map", "CLIENT:SSL,CONTROLLER:PLAINTEXT",
                "ssl.client.auth", "required",
                "ssl.keystore.type", "PEM", "ssl.keystore.location", folder.resolve("broker.pem").toString(),
                "ssl.truststore.type", "PEM", "ssl.truststore.location", folder.resolve("broker-trusts.pem").toString()));
        mount("first", old.sign("collector"));
        TopicSetup.createMissing(settings().client(), 1);
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
        KafkaSettings atFirst = settings("..first");
        try (Shipper shipper = shipper(settings())) {
            shipper.accept(batch(), new BatchContents(1, 0, PreciousMask.NONE));
            await(() -> shipper.status().batchesSent() == 1);

            mount("second", renewed.sign("collector"));
            kafka.stop();
            brokerOf(renewed); // what the old authority has signed is no longer good
            kafka.restart();
            shipper.accept(batch(), new BatchContents(1, 0, PreciousMask.NONE));

            await(() -> shipper.status().batchesSent() == 2);
            assertThat(shipper.status().recordsLost()).isZero();
        }
        // The certificate of before would not have done.
        try (Shipper shipper = shipper(atFirst)) {
            shipper.accept(batch(), new BatchContents(1, 0, PreciousMask.NONE));
            await(() -> shipper.status().errors().getOrDefault(KafkaErrors.Kind.AUTHENTICATION, 0L) > 0);
            assertThat(shipper.status().batchesSent()).isZero();
            assertThat(shipper.problem()).contains("authentication fails");
        }
    }

    @Test
    void filesThatBecomeUnusableChangeNothing() throws Exception {
        try (Shipper shipper = shipper(settings())) {
            shipper.accept(batch(), new BatchContents(1, 0, PreciousMask.NONE));
            await(() -> shipper.status().batchesSent() == 1);

            mount("second", new TestAuthority.Signed("not a certificate", "nor a key"));
            kafka.stop();
            kafka.restart();
            shipper.accept(batch(), new BatchContents(1, 0, PreciousMask.NONE));

            await(() -> shipper.status().batchesSent() == 2);
        }
    }

    @Test
    void filesThatCannotBeUsedAtTheStartAreNamed() throws Exception {
        mount("second", new TestAuthority.Signed(old.sign("collector").certificate(),
                "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"));

        assertThatThrownBy(() -> shipper(settings())).isInstanceOf(KafkaException.class)
                .hasStackTraceContaining("kafka.certificate, kafka.privateKey and kafka.authority cannot be used")
                .hasStackTraceContaining("PKCS#8");
        assertThatThrownBy(() -> shipper(settings("nothing"))).isInstanceOf(KafkaException.class)
                .hasStackTraceContaining("nothing/ca.crt: no such file");
    }

    private void brokerOf(TestAuthority authority) throws Exception {
        TestAuthority.Signed own = authority.sign("broker");
        Files.writeString(folder.resolve("broker.pem"), own.key() + own.certificate());
        Files.writeString(folder.resolve("broker-trusts.pem"), authority.certificate);
    }

    /** A new directory, and the symbolic link that leads to it replaced: as the kubelet does. */
    private void mount(String name, TestAuthority.Signed secret) throws Exception {
        secret.write(folder.resolve("secret/.." + name), old.certificate + renewed.certificate);
        Path next = Files.createSymbolicLink(folder.resolve("secret/..data_tmp"), Path.of(".." + name));
        Files.move(next, folder.resolve("secret/..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String file : new String[] {"tls.crt", "tls.key", "ca.crt"}) {
            if (!Files.isSymbolicLink(folder.resolve("secret/" + file))) {
                Files.createSymbolicLink(folder.resolve("secret/" + file), Path.of("..data/" + file));
            }
        }
    }

    private KafkaSettings settings() {
        return settings("");
    }

    private KafkaSettings settings(String below) {
        Path secret = folder.resolve("secret").resolve(below);
        return new KafkaSettings(kafka.bootstrapServers(), secret.resolve("ca.crt").toString(),
                secret.resolve("tls.crt").toString(), secret.resolve("tls.key").toString(), Map.of());
    }

    private Shipper shipper(KafkaSettings settings) {
        return new Shipper(settings.client(), SMALL, Duration.ofSeconds(1), new LossCounters(), errors);
    }

    private static EventBatch batch() {
        EventBatchBuilder builder = new EventBatchBuilder();
        EventBatch batch = builder.addExit(1, builder.process(1, 1, 1, "", "x", 0, 0), 0).build();
        batch.setPodUid("pod");
        return batch;
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("does not come true");
            }
            Thread.sleep(20);
        }
    }
}
