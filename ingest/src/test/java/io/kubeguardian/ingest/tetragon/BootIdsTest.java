package io.kubeguardian.ingest.tetragon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BootIdsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long BOOT = 1_780_000_000L * SECOND;

    private final BootIds ids = new BootIds(Map.of());

    @Test
    void aClockThatIsCorrectedIsTheSameBoot() {
        String id = ids.of("n", BOOT + 100 * SECOND, 100 * SECOND);

        assertThat(ids.of("n", BOOT + 259 * SECOND, 200 * SECOND)).isEqualTo(id);
        assertThat(ids.of("n", BOOT + 141 * SECOND, 200 * SECOND)).isEqualTo(id);
    }

    @Test
    void aNodeThatComesUpAgainHasAnother() {
        String id = ids.of("n", BOOT + 100 * SECOND, 100 * SECOND);

        assertThat(ids.of("n", BOOT + 300 * SECOND, 5 * SECOND)).isNotEqualTo(id);
    }

    @Test
    void aStragglerFromBeforeChangesNothing() {
        ids.of("n", BOOT + 100 * SECOND, 100 * SECOND);
        String id = ids.of("n", BOOT + 300 * SECOND, 5 * SECOND);

        assertThat(ids.of("n", BOOT + 100 * SECOND, 100 * SECOND)).isEqualTo(id);
    }

    @Test
    void nodesHaveTheirOwnAndTheSameNodeTheSameInEveryRun() {
        String id = ids.of("n", BOOT + 100 * SECOND, 100 * SECOND);

        assertThat(ids.of("m", BOOT + 100 * SECOND, 100 * SECOND)).isNotEqualTo(id);
        assertThat(new BootIds(Map.of()).of("n", BOOT + 200 * SECOND + 1, 200 * SECOND)).isEqualTo(id);
        assertThat(new BootIds(ids.known()).of("n", BOOT + 240 * SECOND, 200 * SECOND)).isEqualTo(id);
    }

    @Test
    void withoutWallTimeTheNodeKeepsWhatItHas() {
        String unknown = ids.of("m", 0, 100 * SECOND);
        String id = ids.of("n", BOOT + 100 * SECOND, 100 * SECOND);

        assertThat(ids.of("n", 0, 7)).isEqualTo(id);
        assertThat(ids.of("m", 0, 7)).isEqualTo(unknown);
    }

    @Test
    void theLongestUnusedNodeIsForgotten() {
        for (int i = 0; i <= BootIds.MOST_NODES; i++) {
            ids.of("node-" + i, BOOT, 0);
        }

        assertThat(ids.known()).hasSize(BootIds.MOST_NODES).doesNotContainKey("node-0");
    }
}
