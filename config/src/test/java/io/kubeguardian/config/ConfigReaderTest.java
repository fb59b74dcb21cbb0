package io.kubeguardian.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @TempDir
    Path folder;

    @Test
    void withoutAFileEveryKeyHasItsDefault() {
        KubeGuardianConfig config = ConfigReader.read(null, Map.of());

        assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.collector().batchMillis()).isEqualTo(100);
        assertThat(config.detection().rules()).isEmpty();
        assertThat(config.webhook().denyPrivileged()).isTrue();
    }

    @Test
    void theFileOverridesDefaultsAndTheEnvironmentOverridesTheFile() throws Exception {
        Path file = file("""
                collector:
                  batchMillis: 7
                  node: from-file
                detection:
                  rules: [a.yaml]
                """);

        KubeGuardianConfig config = ConfigReader.read(file, Map.of(
                "KUBEGUARDIAN_COLLECTOR_NODE", "from-env",
                "KUBEGUARDIAN_DETECTION_PATTERNS", "[p.yaml, q.yaml]",
                "KUBEGUARDIAN_KAFKA_PROPERTIES", "{security.protocol: SSL}"));

        assertThat(config.collector().batchMillis()).isEqualTo(7);
        assertThat(config.collector().node()).isEqualTo("from-env");
        assertThat(config.detection().rules()).containsExactly("a.yaml");
        assertThat(config.detection().patterns()).containsExactly("p.yaml", "q.yaml");
        assertThat(config.kafka().properties()).containsEntry("security.protocol", "SSL");
    }

    @Test
    void aNodeNamedLikeANumberStaysText() {
        assertThat(ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_NODE", "0123")).collector().node())
                .isEqualTo("0123");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "\"colector: {}\"                           | unknown key colector; did you mean collector?",
        "\"collector: {batchMilis: 7}\"             | unknown key collector.batchMilis; did you mean batchMillis?",
        "\"collector: {batchMillis: often}\"        | batchMillis",
        "\"collector: {batchMillis: null}\"         | batchMillis",
        "\"collector: {batchMillis: 7.9}\"          | batchMillis",
        "\"collector: {cgroup: }\"                 | collector.cgroup has no value",
        "\"detection: {rules: null}\"              | detection.rules has no value",
        "\"collector: {batchMillis: 0}\"            | collector.batchMillis is 0, must be from 1 to 10000",
        "\"collector: {bulkRingBytes: 5000}\"       | must be a power of two",
        "\"collector: {environment: [A=B]}\"       | collector.environment: A=B is not the name of a variable",
        "\"collector: {environment: ['']}\"         | is not the name of a variable",
        "\"collector: {environment: [null]}\"       | is not the name of a variable",
        "\"collector: {environment: [A2345678901234567890123456789012]}\" | at most 31",
        "\"collector: {environment: [A, B, C, D, E, F, G, H, I]}\" | collector.environment has 9 names, at most 8",
        "\"collector: {syscallCountSeconds: 301}\"  | collector.syscallCountSeconds is 301, must be from 0 to 300",
        "\"collector: 7\"                           | collector must be a mapping",
        "\"intel: {feeds: [{name: a}]}\"            | intel.feeds.a.source must not be empty",
        "\"intel: {feeds: [{name: A B, source: x}]}\" | a feed needs a name of lower-case letters",
        "\"intel: {feeds: [{name: a, source: x}, {name: a, source: y}]}\" | two feeds are called a",
        "\"intel: {feeds: [{name: a, source: 'http://x/'}]}\" | must be https",
        "\"intel: {feeds: [{name: a, source: 'https://u:p@x/'}]}\" | no user in it",
        "\"intel: {feeds: [{name: a, source: x, techniques: [C2]}]}\" | C2 is no ATT&CK technique",
        "\"intel: {feeds: [{name: a, source: x, expireSeconds: 60}]}\" | must be more than refreshSeconds",
        "\"intel: {feeds: [{name: a, source: x, colour: red}]}\" | colour",
        "\"decisions: {approvalSeconds: 0}\"        | decisions.approvalSeconds is 0",
        "\"[1, 2]\"                                 | must be a mapping",
        "\"collector: {node: [\"                    | kubeguardian.yaml:1",
        "\"collector: 'abc\"                       | while scanning a quoted scalar: found unexpected end of stream",
        "\"webhook: {certificate: a.pem}\"          | go together",
        "\"kafka: {privateKey: a.pem}\"             | kafka.certificate and kafka.privateKey go together",
    })
    void aWrongFileIsRefusedInOneLine(String yaml, String expected) throws Exception {
        Path file = file(yaml);

        assertThatThrownBy(() -> ConfigReader.read(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kubeguardian.yaml")
                .hasMessageContaining(expected)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void filesForTlsTurnItOnAndTheRestIsHandedOver() {
        KafkaSettings plain = new KafkaSettings("k:9092", Map.of("a", "b"));
        KafkaSettings tls = new KafkaSettings("k:9093", "ca.crt", "", "", Map.of("ssl.protocol", "TLSv1.3"));

        assertThat(plain.client()).containsOnly(Map.entry("bootstrap.servers", "k:9092"), Map.entry("a", "b"));
        assertThat(tls.client()).containsEntry("security.protocol", "SSL").containsEntry("ssl.protocol", "TLSv1.3")
                .containsEntry("ssl.engine.factory.class", PemFilesSslEngineFactory.class.getName());
    }

    @Test
    void anUnknownVariableOfASectionIsRefused() {
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_BATCHMILLIS", "7")))
                .isInstanceOf(ConfigException.class).hasMessageContaining("KUBEGUARDIAN_COLLECTOR_BATCHMILLIS");
    }

    @Test
    void anEmptyVariableOfANumberIsRefused() {
        assertThatThrownBy(() -> ConfigReader.read(null, Map.of("KUBEGUARDIAN_COLLECTOR_BATCH_MILLIS", "")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("KUBEGUARDIAN_COLLECTOR_BATCH_MILLIS has no value");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ConfigReader.read(folder.resolve("none.yaml"), Map.of()))
                .isInstanceOf(ConfigException.class).hasMessageContaining("none.yaml: no such file");
    }

    @Test
    void everyKeyIsDocumentedWithItsDefault() throws Exception {
        String documentation = Files.readString(Path.of("../docs/configuration.md"));

        ConfigReader.defaults().properties().forEach(section -> {
            assertThat(documentation).contains("\n## " + section.getKey() + "\n");
            String keys = documentation.substring(documentation.indexOf("\n## " + section.getKey() + "\n") + 4);
            String own = keys.contains("\n## ") ? keys.substring(0, keys.indexOf("\n## ")) : keys;
            section.getValue().properties().forEach(key -> {
                String text = key.getValue().isTextual() ? key.getValue().textValue() : key.getValue().toString();
                String shown = text.isEmpty() ? "empty" : '`' + text + '`';
                assertThat(own).contains("| `" + key.getKey() + "` | " + shown + " |");
            });
        });
    }

    @Test
    void everyKeyOfAFeedIsDocumented() throws Exception {
        String documentation = Files.readString(Path.of("../docs/threat-intelligence.md"));

        assertThat(FeedSettings.class.getRecordComponents()).allSatisfy(
                key -> assertThat(documentation).contains("| `" + key.getName() + "` |"));
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(folder.resolve("kubeguardian.yaml"), yaml);
    }
}
