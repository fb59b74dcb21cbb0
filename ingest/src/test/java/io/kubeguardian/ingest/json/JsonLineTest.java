package io.kubeguardian.ingest.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.ingest.MalformedLineException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonLineTest {
    static Stream<Arguments> hostile() {
        return Stream.of(
                line("empty", ""), line("text", "hello"), line("array", "[1]"), line("null", "null"), line("number", "7"),
                line("cut off", "{\"a\": {\"b\": 1"), line("two values", "{} {}"), line("trailing text", "{}x"),
                line("duplicate key", "{\"a\": 1, \"a\": 2}"), line("nested duplicate", "{\"a\": {\"b\": 1, \"b\": 2}}"),
                line("deep objects", "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000)),
                line("deep arrays", "{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + '}'),
                line("many tokens", "{\"a\": [" + "0,".repeat(JsonLine.MOST_TOKENS) + "0]}"),
                line("long name", "{\"" + "n".repeat(100_000) + "\": 1}"),
                line("long number", "{\"a\": " + "9".repeat(100_000) + '}'),
                line("not a number", "{\"a\": NaN}"), line("control character", "{\"a\": \"\u0001\"}"),
                line("comment", "{/* */}"), line("single quotes", "{'a': 1}"),
                Arguments.argumentSet("broken UTF-8", (Object) bytes('{', '"', 'a', '"', ':', '"', 0xc3, 0x28, '"', '}')),
                Arguments.argumentSet("cut UTF-8", (Object) bytes('{', '"', 'a', '"', ':', '"', 0xe2, 0x82)),
                Arguments.argumentSet("no text at all", (Object) bytes(0xff, 0xfe, 0xfd)),
                Arguments.argumentSet("zeros", (Object) new byte[64]),
                Arguments.argumentSet("UTF-32 beyond Unicode", (Object) bytes(0, 0, 0, '{', 0x7f, 0x7f, 0x7f, 0x7f)));
    }

    private static Arguments line(String name, String text) {
        return Arguments.argumentSet(name, (Object) text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatIsNotOneJsonObjectIsRefusedInOneShortLine(byte[] line) {
        assertThatThrownBy(() -> JsonLine.parse(line)).isInstanceOf(MalformedLineException.class)
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(1000));
    }

    @Test
    void whatIsTakenIsNotLeft() throws Exception {
        Fields fields = JsonLine.parse(("{\"name\": \"a\", \"big\": \"9223372036854775807\", \"inner\": {\"x\": 1, \"y\": true},"
                + " \"none\": null, \"list\": [{\"z\": 1}, {}], \"empty\": [{}, []]}").getBytes(StandardCharsets.UTF_8));

        assertThat(fields.text("name")).isEqualTo("a");
        assertThat(fields.number("big", 0, 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(fields.object("inner").number("x", 0, 0, 9)).isEqualTo(1);

        assertThat(fields.rest()).containsExactlyInAnyOrderEntriesOf(
                Map.of("inner.y", "true", "list", "[{\"z\":1},{}]"));
    }

    @Test
    void keptFieldsAreBoundedAndWhatIsLeftOutIsCounted() {
        Map<String, String> many = new java.util.LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            many.put("field" + i, "v".repeat(5000));
        }

        Map<String, String> kept = Bounds.unmapped(many);

        assertThat(kept).hasSize(Bounds.MOST_UNMAPPED + 1).containsEntry("kubeguardian.left_out", "36");
        assertThat(kept.get("field0")).hasSize(1025).endsWith("…");
    }
}
