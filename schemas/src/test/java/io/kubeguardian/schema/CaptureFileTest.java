package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFileTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadInOrder() throws Exception {
        Path file = written();

        List<Object> read = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(file)) {
            reader.forEach(entry -> read.add(entry.getRecord()));
        }

        assertThat(read).containsExactly(Examples.pod(), Examples.eventBatch());
    }

    @Test
    void aFileOfAnotherKindIsNamedInTheError() throws Exception {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a capture");

        assertThatThrownBy(() -> new CaptureFile.Reader(file))
                .isInstanceOf(MalformedRecordException.class).hasMessageContaining("notes.txt");
    }

    @Test
    void aTruncatedFileGivesWhatItHasOrAnErrorButNoOther() throws Exception {
        byte[] bytes = Files.readAllBytes(written());
        for (int length = 0; length < bytes.length; length += 7) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
            try (CaptureFile.Reader reader = new CaptureFile.Reader(cut)) {
                while (reader.next() != null) {
                    continue;
                }
            } catch (MalformedRecordException e) {
                assertThat(e).hasMessageContaining("cut");
            }
        }
    }

    private Path written() throws Exception {
        Path file = folder.resolve("capture.avro");
        try (CaptureFile.Writer writer = new CaptureFile.Writer(file)) {
            writer.write(Examples.pod());
            writer.write(Examples.eventBatch());
        }
        return file;
    }
}
