package io.kubeguardian.collector.event;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One kernel record, copied out of the ring once: an access to native memory costs many calls as the first compiler
 * compiles it, and the collector has no other. Numbers are little endian.
 * Nothing beyond the record can be read, whatever lay in the buffer before. Used by one thread.
 */
final class KernelRecord {
    private byte[] bytes = new byte[4096];
    private int length;
    /** Where a path is turned round. */
    private byte[] path = new byte[4096];

    /**
     * Takes the place of the record before.
     *
     * @throws IndexOutOfBoundsException when the ring does not have so many bytes there
     */
    void copyFrom(MemorySegment ring, long at, int length) {
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        this.length = 0;
        MemorySegment.copy(ring, JAVA_BYTE, at, bytes, 0, length);
        this.length = length;
    }

    /** Bytes, header included. */
    int length() {
        return length;
    }

    /** @throws IndexOutOfBoundsException beyond the record, as all of these */
    int getInt(long offset) {
        int at = check(offset, Integer.BYTES);
        byte[] b = bytes;
        return b[at] & 0xff | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | b[at + 3] << 24;
    }

    long getLong(long offset) {
        check(offset, Long.BYTES);
        return getInt(offset) & 0xffff_ffffL | (long) getInt(offset + Integer.BYTES) << 32;
    }

    byte getByte(long offset) {
        return bytes[check(offset, 1)];
    }

    byte[] bytes(long offset, int count) {
        int at = check(offset, count);
        return Arrays.copyOfRange(bytes, at, at + count);
    }

    /** Text up to the first NUL, or of so many bytes. */
    String text(long offset, int most) {
        int start = check(offset, most);
        int end = start;
        while (end < start + most && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    /** A walked path, last component first, each ended by a slash: turned round, absolute. */
    String walkedPath(long offset, int count) {
        if (count == 0) {
            return "/";
        }
        int from = check(offset, count);
        if (count > path.length) {
            path = new byte[count];
        }
        int start = from;
        for (int i = from; i < from + count; i++) {
            if (bytes[i] == '/') {
                int to = from + count - i - 1;
                path[to] = '/';
                System.arraycopy(bytes, start, path, to + 1, i - start);
                start = i + 1;
            }
        }
        int whole = start - from;
        return new String(path, count - whole, whole, StandardCharsets.UTF_8);
    }

    private int check(long offset, int count) {
        if (offset < 0 || count < 0 || offset > length - count) {
            throw new IndexOutOfBoundsException(count + " bytes at " + offset + " of a record of " + length);
        }
        return (int) offset;
    }
}
