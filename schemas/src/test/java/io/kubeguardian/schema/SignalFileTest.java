package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalFileTest {
    @TempDir
    Path folder;

    @Test
    void signalsComeBackInTheirOrder() throws Exception {
        // Given
        Path file = written(3);

        // When
        try (SignalFile.Reader reader = new SignalFile.Reader(file)) {
            // Then
            for (int i = 0; i < 3; i++) {
                assertThat(reader.next().getId()).isEqualTo("id-" + i);
            }
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void aCaptureIsNone() throws Exception {
        // Given
        Path file = folder.resolve("capture.avro");
        new CaptureFile.Writer(file).close();

        // When
        boolean is = SignalFile.is(file);

        // Then
        assertThat(is).isFalse();
    }

    @Test
    void whatIsNoContainerFileOrNotThereIsSaid() throws Exception {
        // Given
        Path text = Files.writeString(folder.resolve("x"), "{\"rule\": 1}");

        // When, then
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> SignalFile.is(text))
                .withMessageStartingWith(text + ": not a capture file");
        assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> SignalFile.is(folder.resolve("none")));
    }

    @Test
    void aBrokenFileIsSaidWithItsEntry() throws Exception {
        // Given
        Path file = written(3);
        byte[] broken = Files.readAllBytes(file);
        Arrays.fill(broken, broken.length - 60, broken.length - 16, (byte) -1); // the end of the block, before its marker
        Files.write(file, broken);

        // When
        try (SignalFile.Reader reader = new SignalFile.Reader(file)) {
            // Then
            assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> {
                while (reader.next() != null) { }
            }).withMessageStartingWith(file + ": entry ");
        }
    }

    private Path written(int signals) throws Exception {
        Path file = folder.resolve("signals.avro");
        try (SignalFile.Writer writer = new SignalFile.Writer(file)) {
            for (int i = 0; i < signals; i++) {
                Signal signal = Examples.signal();
                signal.setId("id-" + i);
                writer.write(signal);
            }
        }
        return file;
    }
}
