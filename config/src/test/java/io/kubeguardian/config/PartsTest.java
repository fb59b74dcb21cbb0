package io.kubeguardian.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> closed = new ArrayList<>();
    private final Parts parts = new Parts();

    private AutoCloseable part(String name, boolean fails) {
        return () -> {
            closed.add(name);
            if (fails) {
                throw new IllegalArgumentException(name + " is stuck");
            }
        };
    }

    @Test
    void theLastOneOpenedIsClosedFirstAndOnce() {
        parts.opened(part("topic", false));
        parts.opened(part("server", false));

        parts.close();
        parts.close();

        assertThat(closed).containsExactly("server", "topic");
    }

    @Test
    void onePartThatThrowsKeepsNoneOpen() {
        parts.opened(part("topic", true));
        parts.opened(part("queue", false));
        parts.opened(part("server", true));

        assertThatThrownBy(parts::close).hasMessageContaining("server is stuck")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        assertThat(closed).containsExactly("server", "queue", "topic");
    }

    @Test
    void whatIsLeftToSomebodyElseStaysOpen() {
        AutoCloseable state = parts.opened(part("state", false));
        parts.opened(part("server", false));

        parts.leave(state);
        parts.close();

        assertThat(closed).containsExactly("server");
    }
}
