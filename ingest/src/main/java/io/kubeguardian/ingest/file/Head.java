package io.kubeguardian.ingest.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How a file begins: what tells it from another that has its name, or its inode, after a rotation.
 *
 * @param length bytes, at most {@value #LONGEST}
 * @param digest SHA-256 of them, hexadecimal
 */
public record Head(int length, String digest) {
    /** Enough for a line's time and ids. */
    static final int LONGEST = 512;
    static final Head NONE = new Head(0, "");

    /** Of so many bytes, or of all when the file is shorter. */
    static Head of(Path file, int length) throws IOException {
        try (InputStream in = RotatedFiles.open(file)) {
            return of(in.readNBytes(length));
        }
    }

    /** As {@link #of(Path, int)}, of a file that is open, whatever its name is by now. */
    static Head of(FileChannel file, int length) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(length);
        while (head.hasRemaining() && file.read(head, head.position()) >= 0) {
            // goes on
        }
        return of(Arrays.copyOf(head.array(), head.position()));
    }

    private static Head of(byte[] head) {
        try {
            return head.length == 0 ? NONE : new Head(head.length,
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(head)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether the file begins so; a head of nothing is the head of every file. */
    boolean matches(Path file) throws IOException {
        return length == 0 || equals(of(file, length));
    }

    /** As {@link #matches(Path)}. */
    boolean matches(FileChannel file) throws IOException {
        return length == 0 || equals(of(file, length));
    }
}
