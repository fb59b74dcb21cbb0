package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.MemoryUsage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapTidierTest {
    @ParameterizedTest
    @CsvSource({"0, 1, false", "0, 3, true", "16, 20, false", "16, 21, true", "64, 73, false", "64, 75, true"})
    void theOldGenerationIsCollectedWhenALittleHasGathered(long afterMegabytes, long nowMegabytes, boolean grown) {
        assertThat(HeapTidier.isGrown(usage(afterMegabytes), usage(nowMegabytes))).isEqualTo(grown);
    }

    private static MemoryUsage usage(long megabytes) {
        return new MemoryUsage(0, megabytes << 20, megabytes << 20, -1);
    }
}
