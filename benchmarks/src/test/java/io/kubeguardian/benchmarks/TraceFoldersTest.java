package io.kubeguardian.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of others, in both layouts, and what is no trace. */
class TraceFoldersTest {
    @TempDir
    Path folder;

    @Test
    void aFolderHasNormalTracesAndAttacksOfWhichThoseOfOneFolderAreAnEpisode() throws Exception {
        write("train/a.txt", "open read\nclose\n");
        write("train/deep/er/b.txt", "mmap2");
        write("train/.hidden", "no trace");
        write("normal/c.txt", "read");
        write("attack/one/1.txt", "ptrace");
        write("attack/one/2.txt", "ptrace read");
        write("attack/alone.txt", "execve");

        TraceFolders traces = TraceFolders.of(folder);

        assertThat(traces.train()).hasSize(2);
        assertThat(traces.normal()).hasSize(1);
        assertThat(traces.attacks()).hasSize(3);
        assertThat(traces.episodes()).containsExactly(folder.resolve("attack/alone.txt").toString(),
                folder.resolve("attack/one").toString(), folder.resolve("attack/one").toString());
    }

    @Test
    void theZipHasItsThreeFoldersBelowAnyOther() throws Exception {
        Path zip = zip(Map.of(
                "ADFA-LD/Training_Data_Master/UTD-0001.txt", "6 6 63 ",
                "ADFA-LD/Validation_Data_Master/UVD-0001.txt", "6 42",
                "ADFA-LD/Validation_Data_Master/UVD-0002.txt", "6 42",
                "ADFA-LD/Attack_Data_Master/Adduser_1/UAD-1.txt", "265 168",
                "ADFA-LD/Attack_Data_Master/Adduser_1/UAD-2.txt", "265",
                "ADFA-LD/ADFA-LD+Syscall+List.txt", "not of the traces"));

        TraceFolders traces = TraceFolders.adfa(zip);

        assertThat(traces.train()).hasSize(1);
        assertThat(traces.normal()).hasSize(2);
        assertThat(traces.attacks()).hasSize(2);
        assertThat(traces.episodes()).containsOnly("ADFA-LD/Attack_Data_Master/Adduser_1").hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "\"\"               | bad.txt: is empty; a trace has at least one system call",
        "\" \n\t\n\"        | bad.txt: is empty",
        "\"read\nopenn\"    | bad.txt:2: Linux has no system call openn",
        "12345              | bad.txt:1: '12345' is neither the name nor the number",
        "-1                 | bad.txt:1: '-1' is neither the name nor the number",
        "READ               | bad.txt:1: 'READ' is neither",
        "\"read\nread 3\"   | bad.txt:2: '3' is a number",
        "\"x\u0007y\"       | bad.txt:1: 'x?y' is neither",
    })
    void whatIsNoTraceIsNamedWithFileAndLine(String text, String message) throws Exception {
        write("train/bad.txt", text == null ? "" : text);
        write("normal/c.txt", "read");
        write("attack/d.txt", "read");

        assertThatThrownBy(() -> TraceFolders.of(folder)).isInstanceOf(UnavailableException.class)
                .message().contains(message).doesNotContain("\n");
    }

    @Test
    void aBinaryFileIsNoText() throws Exception {
        write("train/a.txt", "read");
        Files.write(folder.resolve("train/b.bin"), new byte[] {0x7f, 'E', 'L', 'F', (byte) 0xff, (byte) 0xfe});

        assertThatThrownBy(() -> TraceFolders.of(folder)).isInstanceOf(UnavailableException.class)
                .hasMessageEndingWith("b.bin: is no text");
    }

    @Test
    void aLongWordIsCutInTheMessage() throws Exception {
        write("train/a.txt", "7".repeat(100_000));

        assertThatThrownBy(() -> TraceFolders.of(folder)).isInstanceOf(UnavailableException.class)
                .message().contains("7".repeat(40) + "…").hasSizeLessThan(500);
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        write("train/a.txt", "read");
        assertThatThrownBy(() -> TraceFolders.of(folder)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("normal: no such folder");
        Files.createDirectories(folder.resolve("normal"));
        assertThatThrownBy(() -> TraceFolders.of(folder)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("normal: has no trace");
        assertThatThrownBy(() -> TraceFolders.of(folder.resolve("none"))).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("none: no such folder");
        assertThatThrownBy(() -> TraceFolders.adfa(folder.resolve("none.zip"))).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("KUBEGUARDIAN_ADFA_LD names adfa-ld.zip");
        Path part = zip(Map.of("ADFA-LD/Training_Data_Master/UTD-0001.txt", "6"));
        assertThatThrownBy(() -> TraceFolders.adfa(part)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("lacks the folders of ADFA-LD");
        Path noZip = Files.writeString(folder.resolve("text.zip"), "no zip");
        assertThatThrownBy(() -> TraceFolders.adfa(noZip)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("lacks the folders of ADFA-LD");
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Path zip(Map<String, String> files) throws Exception {
        Path zip = folder.resolve("traces.zip");
        try (OutputStream to = Files.newOutputStream(zip); ZipOutputStream out = new ZipOutputStream(to)) {
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return zip;
    }
}
