package io.kubeguardian.collector.ship;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureSinkTest {
    @TempDir
    Path folder;

    @Test
    void aFileThatCannotBeWrittenIsNamedWithTheReason() {
        Path file = folder.resolve("missing/capture.avro");

        assertThatThrownBy(() -> new CaptureSink(file)).hasMessage("cannot write " + file + ": its folder does not exist");
        assertThatThrownBy(() -> new CaptureSink(folder)).hasMessage("cannot write " + folder + ": " + folder + ": Is a directory");
    }
}
