package io.kubeguardian.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    @TempDir
    Path folder;

    @Test
    void whatIsSentIsRead() throws Exception {
        Path data = folder.resolve("kafka");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, data)) {
            TopicSetup.createMissing(kafka.clientProperties(), 2);
            TopicSetup.createMissing(kafka.clientProperties(), 2); // again: nothing to do
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(kafka.clientProperties(), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>(Topics.ALERTS, "key", "value")).get();
            }

            Map<String, Object> client = kafka.clientProperties();
            client.put("group.id", "test");
            client.put("auto.offset.reset", "earliest");
            List<String> read = new ArrayList<>();
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(Topics.ALERTS));
                long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (read.isEmpty() && System.nanoTime() < end) {
                    consumer.poll(Duration.ofMillis(200)).forEach(r -> read.add(r.key() + '=' + r.value()));
                }
            }
            assertThat(read).containsExactly("key=value");
        }
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void aTakenPortIsReplacedByAFreeOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EmbeddedKafka kafka = EmbeddedKafka.start(taken.getLocalPort(), folder.resolve("kafka"))) {
            assertThat(kafka.port()).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void afterARestartItHasWhatItHad() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(0, folder.resolve("kafka"))) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            int port = kafka.port();
            kafka.stop();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);

            kafka.restart();

            assertThat(kafka.port()).isEqualTo(port);
            try (Admin admin = Admin.create(kafka.clientProperties())) {
                assertThat(admin.listTopics().names().get()).contains(Topics.EVENTS);
            }
        }
    }
}
