package io.kubeguardian.rules;

import static io.kubeguardian.rules.TestProcess.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PathMemoTest {
    private final EventView event = TestEvent.open(running("/bin/cat", "x", null), "/etc/shadow", TestEvent.O_RDONLY);
    private final PathMemo memo = new PathMemo();
    private final Object rules = new Object();
    private int asked;

    @Test
    void eachConditionIsAskedOnce() {
        for (int round = 0; round < 3; round++) {
            for (int id = 0; id < 300; id++) { // over several words
                assertThat(memo.test(rules, id, answer(id % 3 == 0), event)).isEqualTo(id % 3 == 0);
            }
        }

        assertThat(asked).isEqualTo(300);
    }

    @Test
    void whatOtherRulesHaveSaidIsVoid() {
        memo.test(rules, 7, answer(true), event);

        assertThat(memo.test(new Object(), 7, answer(false), event)).isFalse();

        assertThat(asked).isEqualTo(2);
    }

    @Test
    void aConditionThatFailsHasSaidNothing() {
        assertThatThrownBy(() -> memo.test(rules, 0, e -> {
            throw new IllegalStateException("fails");
        }, event)).hasMessage("fails");

        assertThat(memo.test(rules, 0, answer(true), event)).isTrue();
    }

    private PathMemo.Condition answer(boolean value) {
        return e -> {
            asked++;
            return value;
        };
    }
}
