package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    private static final String TAG = new String(Character.toChars(0xE0041)); // a letter that nobody sees
    private static final String FACE = new String(Character.toChars(0x1F600));

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource({
        "abcdef, 6, abcdef",
        "abcdefg, 6, abcde…",
        "a, 1, a",
        "ab, 1, …",
        "'a\u0007b\u2028c\u202ed', 9, a b c d",
        "a<tag>b, 9, a b",
        "<face><face>, 4, <face><face>",
        "<face><face>, 3, <face>…",
        "a<face><face>, 4, a<face>…",
        "a<face>, 2, a…",
        "'a\ud83d', 9, a",
    })
    void isOneLineOfWholeVisibleCharacters(String text, int limit, String line) {
        assertThat(Text.oneLine(whole(text), limit)).isEqualTo(whole(line));
        assertThat(Text.oneLine(whole(text), limit).length()).isLessThanOrEqualTo(limit);
    }

    private static String whole(String text) {
        return text.replace("<tag>", TAG).replace("<face>", FACE);
    }
}
