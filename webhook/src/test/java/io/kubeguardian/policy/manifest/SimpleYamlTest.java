package io.kubeguardian.policy.manifest;

import io.kubeguardian.policy.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import static org.assertj.core.api.Assertions.assertThat;

/** The quick reader against the library: where it gives an answer, it is the library's, down to the lines. */
class SimpleYamlTest {
    private static final String[] RESOURCES = {"/yaml/everything.yaml", "/yaml/helm-rendered.yaml"};

    private static void compare(String text) {
        Node quick = new SimpleYaml().read(text, 0, text.length(), 1);
        if (quick == null) {
            return;
        }
        Node full;
        try {
            full = FullYaml.read(text, 1);
        } catch (UnreadableException e) {
            full = json(text, e);
        }
        String shown = text;
        assertThat(quick.isPresent() ? withLines(quick) : "").as(shown).isEqualTo(full.isPresent() ? withLines(full) : "");
    }

    /** JSON allows what YAML does not: tabs, and a colon on the next line. */
    private static Node json(String text, UnreadableException notYaml) {
        try {
            if (text.strip().startsWith("{") || text.strip().startsWith("[")) {
                return JsonDocuments.read(text, 1).getFirst();
            }
        } catch (UnreadableException e) {
            notYaml.addSuppressed(e);
        }
        throw new AssertionError("read what is neither YAML nor JSON: " + notYaml.getMessage() + "\n" + text, notYaml);
    }

    private static String withLines(Node node) {
        StringBuilder all = new StringBuilder();
        write(node, all);
        return all.toString();
    }

    private static void write(Node node, StringBuilder all) {
        all.append(node.line()).append(' ').append(node.kind()).append(' ');
        if (node.isObject()) {
            for (int i = 0; i < node.size(); i++) {
                all.append(node.name(i)).append('=');
                write(node.at(i), all);
            }
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                write(node.at(i), all);
            }
        } else {
            all.append(node.scalarText());
        }
        all.append(";\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a: b", "a: b\n", "a:\n  b: c\n", "a:\n- b\n- c\n", "a:\n  - b\n  - c\nd: e\n", "- a\n- b: c\n  d: e\n", "- - a\n  - b\n- c",
        "a: 'it''s'", "a: \"x\\ny\"", "\"a b\": c", "'a': b", "a: # comment\n  b: c", "a: b # comment", "a: b#c", "a: #c\n",
        "a: {b: c, d: [e, f], g: {}}", "a: []\nb: {}\n", "a:\nb:\n", "a: |\n  x\n  y\nb: c", "a: |-\n  x\n\n  y\n\n\nb: c",
        "a: |\n  x\n", "a: |\n  x", "a: |\n   x\n    y\n", "- |\n  x\n- y", "a:\n- b: |\n    x\n  c: d\n",
        "a: http://b:80/c", "a: b:c", "a:b: c", "a: -b", "a: -1", "a: 0x1F", "a: 010", "a: 1e3", "a: 1_000", "a: .5", "a: +7", "a: 0o17",
        "a: ~", "a: null", "a: yes", "a: On", "a: n", "a: 1.2.3", "a: 12:30:45", "a: 2020-01-01", "a: .inf", "a: -.INF",
        "# only a comment\n", "", "\n\n", "a: [1, 2,\n  3]\nb: c", "{\"a\": 1, \"b\": [true, null]}", "[a, b]", "a: {b: c}#d", "a: 'b' c",
        "a: b\n c: d", "a: b\n  c", "a:\n    b: c\n  d: e", "a: b: c", "a: 'b\n  c'", "? a\n: b", "&x a: b", "a: &x b\nc: *x",
        "a: !!str 1", "a: >\n  b\n", "a: |+\n  b\n\n", "a: @b", "a: `b", "%a: b", "\ta: b", "a:\tb", "a: b\tc", "- a\n b", "a: [b", "a: }",
        "a: b\na: c", "<<: {a: b}", "a: 'b' # c", "a: \"b\"# c", "a: *", "a: -", "a: - b", "a: |2\n    b", "a: {b: c,}", "a: {b}", "a: [b: c]",
        "a: [b,,c]", "a: {b:c}", "a: [ ]", "a: [b #c\n, d]", "a: [b\n  c]", "a:\n  - b\n c: d", "a :  b", "a: |\n\n  b\n", "a: |\n     \n  b\n",
        "key with spaces: value with spaces", "a: \"\\u0041\"", "a: \"b", "'a", "a: b\n---\nc: d", "a: \"\\\n  b\"", "- \n- a", "-\n  a: b\n-\n- c",
        "a:\n  # c\n  b: d\n  # e\nf: g\n# h", "a: |\n  # kept\n  b\n# gone\nc: d", "-a: b", "a: ---", "a: 'x': y", "\"a\" : b", "a: \"b\" : c",
        "a: {\"b\":1}", "a: {'b':1}", "a: {b: }", "a: {b: , c: d}", "a: [-1, - 1]", "a: [- 1]", "a: [?]", "a: [b:c, d]", "a: [http://x]",
    })
    void whatBothReadIsTheSame(String text) {
        compare(text);
    }

    @Test
    void whatManifestsAreWrittenInIsReadQuickly() throws IOException {
        for (String resource : RESOURCES) {
            String text = resource(resource);
            List<ManifestReader.Document> documents = new ManifestReader().read(text).documents();
            assertThat(documents).isNotEmpty();
            for (String document : text.split("(?m)^---$")) {
                assertThat(new SimpleYaml().read(document, 0, document.length(), 1)).as(document).isNotNull();
                compare(document);
            }
        }
    }

    @Test
    void textsWithMistakesAreReadAlikeOrLeftToTheLibrary() throws IOException {
        Random random = new Random(7);
        String alphabet = " \n\t-:#{}[],'\"|>&*!?ab0\\%~";
        List<String> seeds = new ArrayList<>();
        for (String resource : RESOURCES) {
            seeds.addAll(List.of(resource(resource).split("(?m)^---$")));
        }
        for (int round = 0; round < 6000; round++) {
            StringBuilder text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
            int start = random.nextInt(Math.max(1, text.length() - 200));
            text.delete(0, Math.max(0, text.lastIndexOf("\n", start))).setLength(Math.min(text.length(), 220));
            for (int change = random.nextInt(4); change >= 0 && !text.isEmpty(); change--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, c);
                    case 1 -> text.setCharAt(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            compareUnlessParted(text.toString());
        }
    }

    /** Document markers are the reader's business. */
    private static void compareUnlessParted(String text) {
        if (!text.startsWith("---") && !text.startsWith("...") && !text.contains("\n---") && !text.contains("\n...")) {
            compare(text);
        }
    }

    @Test
    void theReaderEndsOnAnyBytesWithDocumentsOrProblems() throws IOException {
        Random random = new Random(11);
        byte[] seed = resource(RESOURCES[0]).getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = Arrays.copyOf(seed, random.nextInt(seed.length));
            for (int change = random.nextInt(8); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ManifestReader.Content content = new ManifestReader().read(bytes);
            assertThat(content.problems()).allSatisfy(problem -> {
                assertThat(problem.line()).isPositive();
                assertThat(problem.message()).isNotBlank();
            });
        }
    }

    private static String resource(String name) throws IOException {
        try (var in = SimpleYamlTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
