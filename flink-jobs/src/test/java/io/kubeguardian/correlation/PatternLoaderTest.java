package io.kubeguardian.correlation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.schema.Priority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternLoaderTest {
    private static final String GOOD = """
            title: Two steps
            id: two-steps
            level: high
            tags: [attack.execution, attack.t1059.004]
            correlation:
              type: temporal_ordered
              rules:
                - First rule
                - drift.connect
              group-by: [k8s.pod.uid]
              timespan: 5m
            """;

    @TempDir
    Path folder;

    private static List<CorrelationPattern> load(String... paths) {
        return PatternSet.of(PatternLoader.load(List.of(paths))).patterns();
    }

    @Test
    void theBuiltInPatternsLoad() {
        List<CorrelationPattern> patterns = load();

        assertThat(patterns).extracting(CorrelationPattern::title).contains("Dropped program calls home");
        assertThat(patterns.get(0).techniques()).contains("T1059.004");
        assertThat(patterns.get(0).timespanMillis()).isEqualTo(300_000);
    }

    @Test
    void aFolderOfFilesWithSeveralDocumentsLoads() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), GOOD + "---\n" + GOOD.replace("two-steps", "again"));
        Files.writeString(folder.resolve("notes.txt"), "not YAML: [");

        List<CorrelationPattern> patterns = load(folder.toString());

        assertThat(patterns).extracting(CorrelationPattern::id).containsExactly("two-steps", "again");
        assertThat(patterns.get(0).priority()).isEqualTo(Priority.ERROR);
        assertThat(patterns.get(0).techniques()).containsExactly("T1059.004");
        assertThat(patterns.get(0).rules()).containsExactly("First rule", "drift.connect");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "type: temporal_ordered | type: near | p.yaml:6: correlation type near is not known; one of event_count",
        "level: high | level: grave | p.yaml:3: level grave is none of",
        "timespan: 5m | timespan: five | p.yaml:11: timespan five is not",
        "timespan: 5m | timespan: 9d | p.yaml:11: timespan 9d is longer than a day",
        "timespan: 5m | timspan: 5m | p.yaml:11: unknown key timspan in correlation",
        "level: high | level: [high] | p.yaml:3: level must be text",
        "id: two-steps | id: ../../x | p.yaml:2: id ../../x must be",
        "k8s.pod.uid | user.nam | p.yaml:10: cannot group by user.nam; one of",
        "- First rule | | p.yaml:8: rules has 1 entries",
        "title: Two steps | tittle: Two steps | p.yaml:1: unknown key tittle",
        "title: Two steps | title: '' | p.yaml:1: title is empty",
        "level: high | level: high\\nlevel: low | p.yaml:4: key level stands twice",
        "title: Two steps | title: [ | p.yaml:3: not YAML",
    })
    void anErrorNamesFileLineAndWhat(String good, String bad, String message) throws Exception {
        String text = GOOD.replace(good, bad == null ? "" : bad.replace("\\n", "\n"));
        if (bad == null) {
            text = text.replace("    - \n", "").replaceAll("(?m)^ +\n", "");
        }
        Path file = Files.writeString(folder.resolve("p.yaml"), text);

        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> PatternLoader.load(List.of(file.toString())))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "---", "- a\n- b\n", "just text", "!!javax.script.ScriptEngineManager []", "a: &a [*a]", "\u0000", "? x",
        "a: &a {b: c}\nd: {<<: *a}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
    })
    void hostileYamlIsOneClearError(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("p.yaml"), text);

        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> PatternLoader.load(List.of(file.toString())))
                .withMessageStartingWith(file.toString());
    }

    @Test
    void aDamagedFileLoadsOrIsAClearErrorNeverAnythingElse() {
        Random random = new Random(42);
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = good.clone();
            for (int n = 0; n <= random.nextInt(4); n++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
            }
            try {
                assertThat(PatternSet.of(List.of(new PatternSource("p.yaml", new String(bytes, StandardCharsets.UTF_8))))
                        .patterns()).isNotEmpty();
            } catch (PatternException e) {
                assertThat(e.getMessage()).startsWith("p.yaml").doesNotContain("\n");
            }
        }
    }

    @Test
    void twoPatternsOfOneIdAreAnError() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), GOOD);
        Files.writeString(folder.resolve("b.yaml"), GOOD);

        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> PatternLoader.load(List.of(folder.toString())))
                .withMessageContaining("two patterns have the id two-steps");
    }

    @Test
    void aMissingFileAndAnEmptyFolderAreErrors() {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> PatternLoader.load(List.of(folder.resolve("none.yaml").toString())))
                .withMessageContaining("no such file");
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> PatternLoader.load(List.of(folder.toString())))
                .withMessageContaining("no *.yaml");
    }
}
