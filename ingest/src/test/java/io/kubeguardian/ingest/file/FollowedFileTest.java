package io.kubeguardian.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real files, as tail -F has to follow them. */
class FollowedFileTest {
    private static final int LONGEST = 1000;

    @TempDir
    Path folder;

    private final List<String> happened = new ArrayList<>();
    private final FollowedFile.Listener listener = new FollowedFile.Listener() {
        @Override
        public void rotated() {
            happened.add("rotated");
        }

        @Override
        public void truncated() {
            happened.add("truncated");
        }

        @Override
        public void missed() {
            happened.add("missed");
        }
    };
    private Path path;
    private FollowedFile file;
    /** Each write is a second after the one before, whatever the file system's clock can tell apart. */
    private long writes;

    @BeforeEach
    void follow() {
        path = folder.resolve("tetragon.log");
        file = new FollowedFile(path, FilePosition.NONE, LONGEST, listener);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    @Test
    void linesComeAsTheyAreCompleted() throws Exception {
        assertThat(read()).isEmpty(); // not there yet
        append(path, "one\ntwo\nthr");
        assertThat(read()).containsExactly("one", "two");

        append(path, "ee\n\nfour\n");

        assertThat(read()).containsExactly("three", "four");
        assertThat(file.position().offset()).isEqualTo(20);
        assertThat(happened).isEmpty();
    }

    @Test
    void afterARenameTheRestOfTheOldFileComesBeforeTheNewOne() throws Exception {
        append(path, "one\n");
        read();
        append(path, "two\nunended");
        rename("tetragon-2026-01-01T00-00-00.000.log");
        append(path, "three\n");

        List<String> lines = readAll();

        assertThat(lines).containsExactly("two", "unended", "three");
        assertThat(happened).containsExactly("rotated");
    }

    @Test
    void whatIsStillWrittenToTheRenamedFileIsRead() throws Exception {
        append(path, "one\n");
        read();
        rename("tetragon.log.1");
        append(path, "three\n");
        assertThat(read()).isEmpty(); // it sees that there is a new one
        append(folder.resolve("tetragon.log.1"), "two\n");

        assertThat(readAll()).containsExactly("two", "three");
    }

    @Test
    void severalRotationsBetweenTwoReadsLoseNothing() throws Exception {
        append(path, "one\n");
        read();
        rename("tetragon-2026-01-01T00-00-00.000.log");
        append(path, "two\n");
        rename("tetragon-2026-01-01T00-00-01.000.log");
        append(path, "three\n");
        compress("tetragon-2026-01-01T00-00-01.000.log");
        rename("tetragon-2026-01-01T00-00-02.000.log");
        append(path, "four\n");

        assertThat(readAll()).containsExactly("two", "three", "four");
        assertThat(readAll()).isEmpty();
    }

    @Test
    void rotatedFilesAreReadEvenWhileThereIsNoNewOne() throws Exception {
        append(path, "one\n");
        read();
        rename("tetragon.log.1");
        assertThat(readAll()).isEmpty();
        append(path, "two\n");
        rename("tetragon.log.1", "tetragon.log.2");
        rename("tetragon.log.1");

        assertThat(readAll()).containsExactly("two");
        append(path, "three\n");
        assertThat(readAll()).containsExactly("three");
    }

    @Test
    void aCompressedCopyOfWhatWasReadIsNotReadAgain() throws Exception {
        append(path, "one\n");
        read();
        rename("tetragon-2026-01-01T00-00-00.000.log");
        append(path, "two\n");
        readAll();
        compress("tetragon-2026-01-01T00-00-00.000.log");
        rename("tetragon-2026-01-01T00-00-01.000.log");
        append(path, "three\n");

        assertThat(readAll()).containsExactly("three");
    }

    @Test
    void otherFilesOfTheFolderAreNotTakenForRotatedOnes() throws Exception {
        append(path, "one\n");
        read();
        append(folder.resolve("tetragon.log.bak"), "no\n");
        append(folder.resolve("tetragon-debug.log"), "no\n");
        append(folder.resolve("tetragon.logs"), "no\n");
        rename("tetragon.log.1");
        append(path, "two\n");

        assertThat(readAll()).containsExactly("two");
    }

    @Test
    void aTruncatedFileIsReadFromItsBeginning() throws Exception {
        append(path, "one, a long line\n");
        read();
        Files.write(path, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append(path, "two\n");

        assertThat(readAll()).containsExactly("two");
        assertThat(happened).containsExactly("truncated");
    }

    @Test
    void aFileTruncatedAndGrownBeyondWhereItWasIsKnownByItsBeginning() throws Exception {
        append(path, "one\n");
        read();
        Files.write(path, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append(path, "two, and a good deal longer\n");

        assertThat(readAll()).containsExactly("two, and a good deal longer");
    }

    @Test
    void whatWasCopiedAwayBeforeItWasReadIsReadFromTheCopy() throws Exception {
        append(path, "one\n");
        read();
        append(path, "two\n");
        Files.copy(path, folder.resolve("tetragon.log.1")); // logrotate's copytruncate
        Files.write(path, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append(path, "three\n");

        assertThat(readAll()).containsExactly("two", "three");
    }

    @Test
    void aRestartReadsOnWhereItWas() throws Exception {
        append(path, "one\ntwo\nthr");
        read();
        restart();
        append(path, "ee\n");

        assertThat(readAll()).containsExactly("three");
    }

    @Test
    void aRestartAfterRotationsReadsOnInTheFileThatItWasAndInAllSince() throws Exception {
        append(path, "one\n");
        read();
        append(path, "two\n");
        rename("tetragon.log.1");
        append(path, "three\n");
        rename("tetragon.log.1", "tetragon.log.2");
        rename("tetragon.log.1");
        append(path, "four\n");

        restart();

        assertThat(readAll()).containsExactly("two", "three", "four");
        assertThat(happened).isEmpty();
    }

    @Test
    void aRestartAfterTheFileWasCompressedReadsOnInTheArchive() throws Exception {
        append(path, "one\n");
        read();
        append(path, "two\n");
        rename("tetragon-2026-01-01T00-00-00.000.log");
        compress("tetragon-2026-01-01T00-00-00.000.log");
        append(path, "three\n");

        restart();

        assertThat(readAll()).containsExactly("two", "three");
    }

    @Test
    void aRestartBetweenTwoFilesDoesNotReadTheFirstAgain() throws Exception {
        append(path, "one\n");
        read();
        rename("tetragon.log.1");
        append(path, "two\n");
        read(); // sees it
        read(); // ends it
        restart();

        assertThat(readAll()).containsExactly("two");
    }

    @Test
    void whatWasRotatedAwayUnreadIsSaid() throws Exception {
        append(path, "one\n");
        read();
        append(path, "lost\n");
        rename("tetragon.log.1");
        Files.delete(folder.resolve("tetragon.log.1"));
        append(path, "two\n");

        restart();

        assertThat(readAll()).containsExactly("two");
        assertThat(happened).containsExactly("missed");
    }

    @Test
    void anotherFileOfTheSameNameIsNotReadFromTheOldPosition() throws Exception {
        append(path, "one\n");
        read();
        Files.delete(path);
        append(path, "another, and longer\n");

        restart();

        assertThat(readAll()).containsExactly("another, and longer");
    }

    @Test
    void aLineWithoutEndTakesNoMemoryAndItsBeginningIsKept() throws Exception {
        try (OutputStream out = Files.newOutputStream(path)) {
            byte[] block = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 10; i++) {
                out.write(block);
            }
            out.write("\nnext\n".getBytes(StandardCharsets.US_ASCII));
        }

        List<Line> lines = new ArrayList<>();
        for (List<Line> some = file.read(); lines.size() < 2; some = file.read()) {
            lines.addAll(some);
        }

        assertThat(lines.get(0).tooLong()).isTrue();
        assertThat(lines.get(0).length()).isEqualTo(10 << 20);
        assertThat(lines.get(0).bytes()).hasSize(LineSplitter.KEPT_OF_TOO_LONG);
        assertThat(text(lines.get(1))).isEqualTo("next");
        assertThat(lines.get(1).position()).isEqualTo((10 << 20) + 1);
    }

    @Test
    void oneReadGivesNoMoreThanAPortion() throws Exception {
        append(path, "line\n".repeat(1_000_000));

        List<Line> lines = file.read();

        assertThat(lines).hasSizeLessThan(FollowedFile.MOST_LINES + (64 << 10) / 5 + 1);
        assertThat(file.lag()).isPositive();
    }

    private List<String> read() throws IOException {
        return file.read().stream().map(FollowedFileTest::text).toList();
    }

    /** Until three reads in a row give nothing: a rotation takes two to be sure. */
    private List<String> readAll() throws IOException {
        List<String> all = new ArrayList<>();
        for (int empty = 0; empty < 4;) {
            List<String> some = read();
            empty = some.isEmpty() ? empty + 1 : 0;
            all.addAll(some);
        }
        return all;
    }

    private void restart() throws IOException {
        FilePosition position = file.position();
        file.close();
        file = new FollowedFile(path, position, LONGEST, listener);
    }

    private void append(Path to, String text) throws IOException {
        Files.writeString(to, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        touch(to);
    }

    private void touch(Path to) throws IOException {
        Files.setLastModifiedTime(to, FileTime.fromMillis(1_790_000_000_000L + ++writes * 1000));
    }

    private void rename(String to) throws IOException {
        rename("tetragon.log", to);
    }

    private void rename(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    private void compress(String name) throws IOException {
        Path from = folder.resolve(name);
        Path to = folder.resolve(name + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
            Files.copy(from, out);
        }
        Files.delete(from);
        touch(to);
    }

    private static String text(Line line) {
        return new String(line.bytes(), StandardCharsets.UTF_8);
    }
}
