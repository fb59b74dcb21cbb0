package io.kubeguardian.ingest.file;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Cuts a growing file into lines. Of a line that is too long only the beginning is kept. */
final class LineSplitter {
    /** As much as a dead letter holds. */
    static final int KEPT_OF_TOO_LONG = 64 << 10;

    private final int longest;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    /** Bytes of the line begun, kept or not. */
    private long partialLength;
    private long lineStart;

    /**
     * @param longest bytes of a line, without its end
     * @param start position in the file of what is fed first: the beginning of a line
     */
    LineSplitter(int longest, long start) {
        this.longest = longest;
        this.lineStart = start;
    }

    /** Takes the next bytes, and adds the lines that they end. */
    void feed(byte[] bytes, int length, List<Line> lines) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, from, i - from);
                end(1, lines);
                from = i + 1;
            }
        }
        keep(bytes, from, length - from);
    }

    private void keep(byte[] bytes, int from, int length) {
        partialLength += length;
        if (partialLength <= longest) {
            partial.write(bytes, from, length);
            return;
        }
        if (partial.size() < KEPT_OF_TOO_LONG) {
            partial.write(bytes, from, Math.min(length, KEPT_OF_TOO_LONG - partial.size()));
        }
    }

    private void end(int terminator, List<Line> lines) {
        boolean tooLong = partialLength > longest;
        byte[] line = partial.toByteArray();
        if (tooLong && line.length > KEPT_OF_TOO_LONG) {
            line = Arrays.copyOf(line, KEPT_OF_TOO_LONG);
        }
        if (partialLength > 0) { // empty lines say nothing
            lines.add(new Line(line, lineStart, partialLength, tooLong));
        }
        lineStart += partialLength + terminator;
        partial.reset();
        partialLength = 0;
    }

    /** The file is complete: its last line may lack an end. */
    void finish(List<Line> lines) {
        end(0, lines);
    }

    /** Position in the file after the last line that is complete. */
    long position() {
        return lineStart;
    }
}
