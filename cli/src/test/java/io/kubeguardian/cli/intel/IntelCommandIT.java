package io.kubeguardian.cli.intel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.CommandRun;
import io.kubeguardian.cli.stack.TopicContents;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.intel.IntelTopic;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Feeds as an operator handles them, on a real broker. */
class IntelCommandIT {
    @TempDir
    Path folder;

    private EmbeddedKafka kafka;
    private Path config;
    private Path list;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start();
        TopicSetup.createMissing(kafka.clientProperties(), 1);
        list = Files.writeString(folder.resolve("list.txt"), "203.0.113.9\nevil.example\n10.0.0.1\n");
        config = Files.writeString(folder.resolve("kubeguardian.yaml"), """
                kafka:
                  bootstrapServers: %s
                intel:
                  feeds:
                    - name: blocklist
                      source: %s
                      techniques: [T1071]
                    - name: gone
                      source: %s
                """.formatted(kafka.bootstrapServers(), list, folder.resolve("none.txt")));
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void aFeedIsCheckedPublishedListedReplacedAndRemoved() throws Exception {
        CommandRun checked = run("intel", "check", "--config", config.toString(), "blocklist");
        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.out()).contains("blocklist: 2 indicators, 1 left out", "line 3: an address that is not public");

        assertThat(run("intel", "publish", "--config", config.toString(), "blocklist").code()).isZero();
        assertThat(run("intel", "publish", "--config", config.toString(), "blocklist").out()).contains("the same as before");
        try (IntelView view = new IntelTopic(new KafkaSettings(kafka.bootstrapServers(), Map.of())).open()) {
            assertThat(view.current().indicators()).isEqualTo(2);
        }

        Files.writeString(list, "203.0.113.10\n");
        run("intel", "publish", "--config", config.toString(), "blocklist");
        JsonNode listed = new ObjectMapper().readTree(
                run("intel", "list", "--config", config.toString(), "--format", "json").out());
        assertThat(listed.size()).isEqualTo(1);
        assertThat(listed.get(0).get("indicators").asInt()).isEqualTo(1);
        assertThat(listed.get(0).get("expired").asBoolean()).isFalse();

        assertThat(run("intel", "remove", "--config", config.toString(), "blocklist").code()).isZero();
        assertThat(run("intel", "remove", "--config", config.toString(), "blocklist").code()).isEqualTo(2);
        assertThat(run("intel", "list", "--config", config.toString()).out()).doesNotContain("blocklist");
    }

    @Test
    void whatCannotBeReadIsNamedAndTheOthersArePublished() {
        CommandRun published = run("intel", "publish", "--config", config.toString());

        assertThat(published.code()).isEqualTo(2);
        assertThat(published.out()).contains("blocklist: 2 indicators");
        assertThat(published.err()).contains("feed gone").contains("no such file");
        assertThat(TopicContents.of(kafka.clientProperties(), Topics.INTEL)).hasSize(3);
    }

    @Test
    void wrongUseIsOneLine() {
        assertThat(run("intel", "publish", "--config", config.toString(), "nothing").err())
                .contains("no feed nothing; it has blocklist, gone");
        assertThat(run("intel", "check").err()).contains("the configuration has no intel.feeds");
        assertThat(run("intel").code()).isEqualTo(2);
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(arguments);
    }
}
