package io.kubeguardian.collector.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reader over memory that the test writes as the kernel would. */
class RingReaderTest {
    private static final int SIZE = 64;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment consumer = arena.allocate(JAVA_LONG);
    private final MemorySegment producer = arena.allocate(JAVA_LONG);
    private final MemorySegment data = arena.allocate(SIZE, 8);
    private final RingReader reader = new RingReader(consumer, producer, data);
    private final List<String> read = new ArrayList<>();

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void recordsAreHandedOverInOrderAndGivenBack() {
        write("one", 0);
        write("sixteen bytes...", 0);

        int records = drain();

        assertThat(records).isEqualTo(2);
        assertThat(read).containsExactly("one", "sixteen bytes...");
        assertThat(consumer.get(JAVA_LONG, 0)).isEqualTo(16 + 24);
        assertThat(reader.pending()).isZero();
    }

    @Test
    void aRecordAcrossTheEndLiesInOnePiece() {
        write("x".repeat(40), 0);
        drain();
        write("around the end", 0); // 48 to 72 of 64

        drain();

        assertThat(read).last().isEqualTo("around the end");
    }

    @Test
    void aHeadAtTheVeryEndHasItsRecordAtTheBeginning() {
        write("x".repeat(48), 0);
        drain();
        write("from the start", 0); // its head is 56 to 64 of 64

        drain();

        assertThat(read).last().isEqualTo("from the start");
    }

    @Test
    void aRecordThatIsBeingWrittenStopsTheReading() {
        write("done", 0);
        long busy = write("busy", RingReader.BUSY);
        write("after", 0);

        assertThat(drain()).isEqualTo(1);

        assertThat(read).containsExactly("done");
        head(busy, "busy".length());
        assertThat(drain()).isEqualTo(2);
        assertThat(read).containsExactly("done", "busy", "after");
    }

    @Test
    void aRecordThatWasGivenUpIsSkipped() {
        write("no", RingReader.DISCARD);
        write("yes", 0);

        assertThat(drain()).isEqualTo(1);

        assertThat(read).containsExactly("yes");
    }

    @Test
    void readingEndsWhereItIsToldTo() {
        write("first", 0);
        long end = reader.produced();
        write("second", 0);

        reader.drain(end, this::take);

        assertThat(read).containsExactly("first");
        assertThat(reader.pending()).isEqualTo(16);
    }

    @Test
    void whatIsOnlyShownStaysToBeRead() {
        write("shown", 0);
        write("busy", RingReader.BUSY);
        write("no", RingReader.DISCARD);
        long later = write("later", 0);

        reader.peek(reader.consumed(), reader.produced(), this::take);

        assertThat(read).containsExactly("shown", "later");
        assertThat(reader.consumed()).isZero();
        reader.peek(later, reader.produced(), this::take);
        assertThat(read).containsExactly("shown", "later", "later");
        assertThat(drain()).isEqualTo(1);
    }

    @Test
    void aHandlerThatFailsDoesNotHoldTheRing() {
        write("bad", 0);
        write("good", 0);

        assertThatThrownBy(() -> reader.drain(reader.produced(), (ring, at, length) -> {
            throw new IllegalStateException("no");
        })).hasMessage("no");

        assertThat(drain()).isEqualTo(1);
        assertThat(read).containsExactly("good");
    }

    private int drain() {
        return reader.drain(reader.produced(), this::take);
    }

    private void take(MemorySegment ring, long at, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(ring, JAVA_BYTE, at, bytes, 0, length);
        read.add(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Writes as the kernel: into a ring whose pages are mapped twice. */
    private long write(String text, int flags) {
        long position = producer.get(JAVA_LONG, 0);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(position, bytes.length | flags);
        for (int i = 0; i < bytes.length; i++) {
            long at = (position + RingReader.HEAD_BYTES + i) % SIZE;
            data.set(JAVA_BYTE, at, bytes[i]);
        }
        producer.set(JAVA_LONG, 0, position + ((bytes.length + RingReader.HEAD_BYTES + 7) & ~7));
        return position;
    }

    private void head(long position, int value) {
        data.set(JAVA_INT, position % SIZE, value);
    }
}
