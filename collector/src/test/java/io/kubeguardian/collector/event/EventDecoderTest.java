package io.kubeguardian.collector.event;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.collector.attribute.CgroupTable;
import io.kubeguardian.collector.batch.LossCounters;
import io.kubeguardian.collector.batch.Numbers;
import io.kubeguardian.collector.batch.Origin;
import io.kubeguardian.collector.batch.PodBatches;
import io.kubeguardian.schema.EventBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that a broken or newer kernel side could write. */
class EventDecoderTest {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment ring = arena.allocate(16_384, 8);
    private final List<EventBatch> sent = new ArrayList<>();
    private final PodBatches batches = new PodBatches(new Origin("c", "n", "b", 0), Numbers.FIRST, 10_000,
            Long.MAX_VALUE, new LossCounters(), (batch, contents) -> sent.add(batch));
    private final EventDecoder decoder = new EventDecoder(new CgroupTable(10, id -> null), batches,
            new CgroupListener() {
                @Override
                public void created(long cgroup, String path) {}

                @Override
                public void removed(long cgroup) {}
            }, 0, true);

    @AfterEach
    void free() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exe_length", "cwd_length", "args_length", "environment_length"})
    void lengthsThatDoNotFitAreUnreadable(String member) {
        type(KernelLayouts.TYPE_EXEC);
        int bytes = (int) ProcessRecords.EXEC.byteSize();
        for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1}) {
            ring.set(JAVA_INT, KernelLayouts.offset(ProcessRecords.EXEC, member), length);
            decoder.record(ring, 0, bytes);
        }

        assertThat(decoder.unreadable()).isEqualTo(4);
        assertThat(decoder.events()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"argument_count, 9", "argument_count, -1", "text_count, 5", "text_count, -1"})
    void moreArgumentsOrTextsThanACallHasAreUnreadable(String member, int count) {
        type(KernelLayouts.TYPE_CALL);
        ring.set(JAVA_INT, KernelLayouts.offset(CallRecords.CALL, member), count);

        decoder.record(ring, 0, 16_000);

        assertThat(decoder.unreadable()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 11})
    void aCallsTextsThatDoNotFitAreUnreadable(int length) {
        type(KernelLayouts.TYPE_CALL);
        ring.set(JAVA_INT, KernelLayouts.offset(CallRecords.CALL, "text_count"), 4);
        ring.set(JAVA_INT, CallRecords.CALL.byteSize() - 8, length); // walked_length of the last

        decoder.record(ring, 0, (int) CallRecords.CALL.byteSize() + 10);

        assertThat(decoder.unreadable()).isEqualTo(1);
    }

    @Test
    void pathsAndAddressesThatDoNotFitAreUnreadable() {
        for (String length : new String[] {"given_length", "walked_length", "second_given_length", "second_walked_length"}) {
            tooLong(KernelLayouts.TYPE_FILE_CHANGE, FileRecords.FILE_CHANGE, KernelLayouts.offset(FileRecords.FILE_CHANGE, length));
        }
        long socket = KernelLayouts.offset(DescriptorRecords.DUP, "socket");
        ring.set(JAVA_INT, socket + KernelLayouts.offset(SocketEnds.SOCKET, "family"), 2);
        for (String length : new String[] {"local_length", "remote_length"}) {
            tooLong(KernelLayouts.TYPE_DUP, DescriptorRecords.DUP, socket + KernelLayouts.offset(SocketEnds.SOCKET, length));
        }

        tooLong(KernelLayouts.TYPE_DUP, DescriptorRecords.DUP, KernelLayouts.offset(DescriptorRecords.DUP, "path_length"));

        assertThat(decoder.unreadable()).isEqualTo(7);
        assertThat(decoder.events()).isZero();
    }

    @Test
    void addressesOfSocketCallsThatDoNotFitAreUnreadable() {
        long socket = KernelLayouts.offset(NetworkRecords.SOCKET_CALL, "socket");
        long given = KernelLayouts.offset(NetworkRecords.SOCKET_CALL, "given");
        int bytes = (int) NetworkRecords.SOCKET_CALL.byteSize();
        type(KernelLayouts.TYPE_SOCKET_CALL);
        ring.set(JAVA_INT, socket + KernelLayouts.offset(SocketEnds.SOCKET, "family"), 2);
        for (int length : new int[] {-1, Integer.MAX_VALUE, 5}) {
            ring.set(JAVA_INT, socket + KernelLayouts.offset(SocketEnds.SOCKET, "local_length"), length);
            decoder.record(ring, 0, bytes + 4);
        }
        ring.set(JAVA_INT, socket + KernelLayouts.offset(SocketEnds.SOCKET, "local_length"), 0);
        ring.set(JAVA_INT, given + KernelLayouts.offset(GivenAddress.LAYOUT, "family"), 2);
        ring.set(JAVA_INT, given + KernelLayouts.offset(GivenAddress.LAYOUT, "address_length"), 3);

        decoder.record(ring, 0, bytes + 4);

        assertThat(decoder.unreadable()).isEqualTo(4);
        assertThat(decoder.events()).isZero();
    }

    @Test
    void shortAndUnknownRecordsAreUnreadable() {
        type(KernelLayouts.TYPE_OPEN);
        decoder.record(ring, 0, 0);
        decoder.record(ring, 0, (int) KernelLayouts.HEADER.byteSize());
        type(99);

        decoder.record(ring, 0, 1000);

        assertThat(decoder.unreadable()).isEqualTo(3);
    }

    @Test
    void randomBytesNeverStopTheReader() {
        Random random = new Random(7);
        byte[] noise = new byte[16_384];
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(noise);
            MemorySegment.copy(noise, 0, ring, JAVA_BYTE, 0, 512);
            type(1 + random.nextInt(KernelLayouts.TYPES));
            decoder.record(ring, 0, random.nextInt(1024));
        }

        assertThat(decoder.events() + decoder.unreadable()).isEqualTo(20_000);
    }

    @Test
    void whatIsNotUtf8IsReplaced() {
        type(KernelLayouts.TYPE_OPEN);
        int at = (int) FileRecords.OPEN.byteSize();
        byte[] path = {'f', (byte) 0xff, '/', 'd', '/'};
        MemorySegment.copy(path, 0, ring, JAVA_BYTE, at, path.length);
        ring.set(JAVA_INT, KernelLayouts.offset(FileRecords.OPEN, "walked_length"), path.length);

        decoder.record(ring, 0, at + path.length);

        batches.flushAll();
        EventBatch batch = sent.get(0);
        assertThat(batch.getStrings().get(batch.getOpens().get(0).getPath())).isEqualTo("/d/f\ufffd");
    }

    @Test
    void walkedPathsAreTurnedRound() {
        assertThat(walked("")).isEqualTo("/");
        assertThat(walked("token/secrets/run/")).isEqualTo("/run/secrets/token");
        assertThat(walked("a/bb/ccc")).isEqualTo("/bb/a"); // a tail without a slash is not a component
    }

    @Test
    void nothingBeyondARecordIsReadThoughALongerOneLayThereBefore() {
        KernelRecord record = record("a record that is long".getBytes(StandardCharsets.UTF_8));
        record.copyFrom(MemorySegment.ofArray(new byte[] {1, 0, 0, (byte) 0x80, 5}), 0, 5);

        assertThat(record.getInt(0)).isEqualTo(0x8000_0001);
        assertThat(record.getByte(4)).isEqualTo((byte) 5);
        assertThatThrownBy(() -> record.getInt(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> record.getLong(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> record.text(4, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> record.bytes(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void dotsAreWorkedOutAndNeverLeadAboveTheRoot() {
        assertThat(KernelText.normalized("/a/./b//c/../d")).isEqualTo("/a/b/d");
        assertThat(KernelText.normalized("/../../etc/passwd")).isEqualTo("/etc/passwd");
        assertThat(KernelText.normalized("/a/..")).isEqualTo("/");
        assertThat(KernelText.normalized("/a/")).isEqualTo("/a");
        assertThat(KernelText.normalized("/")).isEqualTo("/");
    }

    @Test
    void unixAddressesMayBeAbstractOrUnnamed() {
        assertThat(address(1, "\0abstract")).isEqualTo("@abstract");
        assertThat(address(1, "/run/x\0junk")).isEqualTo("/run/x");
        assertThat(address(1, "")).isEmpty();
    }

    private void tooLong(int type, StructLayout record, long length) {
        type(type);
        ring.set(JAVA_INT, length, 9);
        decoder.record(ring, 0, (int) record.byteSize() + 8);
        ring.set(JAVA_INT, length, 0);
    }

    private String walked(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return record(bytes).walkedPath(0, bytes.length);
    }

    private String address(int family, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return KernelText.address(family, record(bytes), 0, bytes.length);
    }

    private static KernelRecord record(byte[] bytes) {
        KernelRecord record = new KernelRecord();
        record.copyFrom(MemorySegment.ofArray(bytes), 0, bytes.length);
        return record;
    }

    private void type(int type) {
        ring.set(JAVA_INT, KernelLayouts.offset(KernelLayouts.HEADER, "type"), type);
    }
}
