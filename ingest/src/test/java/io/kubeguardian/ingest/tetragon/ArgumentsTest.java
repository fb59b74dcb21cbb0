package io.kubeguardian.ingest.tetragon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments.ArgumentSet;
import org.junit.jupiter.params.provider.MethodSource;

class ArgumentsTest {
    static Stream<ArgumentSet> texts() {
        return Stream.of(
                text("", List.of()),
                text("-l /tmp", List.of("-l", "/tmp")),
                text("-c \"curl https://example.com | sh\"", List.of("-c", "curl https://example.com | sh")),
                text(" \"a b\" c", List.of("a b", "c")),
                text("\"quoted\" x", List.of("\"quoted\"", "x")), // no blank inside: the quotes are its own
                text("-c \"echo \"hi\" there\"", List.of("-c", "echo \"hi", "there\"")), // cannot be told apart
                text("\"never closed", List.of("\"never", "closed")),
                text("\"", List.of("\"")),
                text("a  b", List.of("a", "b")));
    }

    private static ArgumentSet text(String text, List<String> arguments) {
        return org.junit.jupiter.params.provider.Arguments.argumentSet('[' + text + ']', text, arguments);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void areSplitWhereTetragonJoinedThem(String text, List<String> arguments) {
        assertThat(Arguments.split(text)).isEqualTo(arguments);
    }
}
