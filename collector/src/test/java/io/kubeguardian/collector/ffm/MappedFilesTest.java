package io.kubeguardian.collector.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
    /** Resident kilobytes of this JVM's own code. */
    private static long residentCode() throws IOException {
        long resident = 0;
        boolean isCode = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                isCode = line.contains(" r-xp ") && line.endsWith("/libjvm.so");
            } else if (isCode && line.startsWith("Rss:")) {
                resident += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return resident;
    }

    @Test
    void pagesThatTheStartTouchedAreGivenBackAndTheJvmGoesOn() throws IOException {
        long before = residentCode();

        long released = MappedFiles.release();

        long after = residentCode();
        assertThat(released).isGreaterThan(1 << 20);
        assertThat(after).isLessThan(before);
        assertThat(LongStream.range(0, 1_000_000).map(i -> i ^ i >> 3).sum()).isEqualTo(
                LongStream.range(0, 1_000_000).parallel().map(i -> i ^ i >> 3).sum());
        System.gc(); // runs through code and archived classes that were let go of
    }
}
