package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
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
    void aTruncatedFileIsAnErrorOrTellsThatItsEndIsCutOff() throws Exception {
        byte[] bytes = Files.readAllBytes(written());
        int header = header(bytes);
        for (int length = 0; length < bytes.length; length += 29) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
            try (CaptureFile.Reader reader = new CaptureFile.Reader(cut)) {
                while (reader.next() != null) {
                    continue;
                }
                assertThat(reader.cut().isEmpty()).as("of %d bytes", length).isEqualTo(length == header);
            } catch (MalformedRecordException e) {
                assertThat(e).hasMessageContaining("cut");
            }
        }
    }

    @Test
    void aWholeFileIsNotCutAndOneThatIsGivesItsWholeBlocks() throws Exception {
        Path file = written();
        byte[] bytes = Files.readAllBytes(file);
        byte[] once = Arrays.copyOf(bytes, bytes.length + 9); // the first block begun a second time
        System.arraycopy(bytes, header(bytes), once, bytes.length, 9);
        Path cut = Files.write(folder.resolve("cut.avro"), once);

        try (CaptureFile.Reader whole = new CaptureFile.Reader(file); CaptureFile.Reader begun = new CaptureFile.Reader(cut)) {
            assertThat(whole).hasSize(2);
            assertThat(whole.cut()).isEmpty();
            assertThat(entries(begun)).isEqualTo(2);
            assertThat(begun.cut()).contains("cut.avro: its end is cut off: 2 entries are whole, the last 9 bytes");
        }
    }

    private static int entries(CaptureFile.Reader reader) throws Exception {
        int entries = 0;
        while (reader.next() != null) {
            entries++;
        }
        return entries;
    }

    /** Bytes of the header. It ends with the file's marker, drawn by chance, which are the last 16 bytes of the file, too. */
    private static int header(byte[] file) {
        String marker = new String(file, file.length - 16, 16, StandardCharsets.ISO_8859_1);
        return new String(file, StandardCharsets.ISO_8859_1).indexOf(marker) + 16;
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
