package io.kubeguardian.ml.member;

import io.kubeguardian.ml.ModelException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** A member's bytes: plain numbers and texts, deflated. Read with bounds, whatever they claim of themselves. */
final class Payload {
    /** Most bytes after inflating. */
    static final int MOST_BYTES = 32 << 20;

    /** Writes a member. */
    interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads a member. */
    interface Reader<T> {
        T read(DataInputStream in) throws IOException, ModelException;
    }

    private Payload() {}

    static byte[] write(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        }
        return bytes.toByteArray();
    }

    /** @throws ModelException when the bytes end early, are no such member, or go on behind its end */
    static <T> T read(String kind, byte[] bytes, Reader<T> reader) throws ModelException {
        try (DataInputStream in = new DataInputStream(
                new Bounded(new InflaterInputStream(new ByteArrayInputStream(bytes))))) {
            T value = reader.read(in);
            if (in.read() >= 0) {
                throw new ModelException("the " + kind + " member has bytes behind its end");
            }
            return value;
        } catch (EOFException e) {
            throw new ModelException("the " + kind + " member ends early", e);
        } catch (IOException e) {
            throw new ModelException("the " + kind + " member cannot be read: " + e.getMessage(), e);
        }
    }

    /** Seven bits a byte, the lowest first. */
    static void writeNumber(DataOutputStream out, int value) throws IOException {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.writeByte(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    static int readNumber(DataInputStream in, String what, int most) throws IOException, ModelException {
        long value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (value > most) {
                    throw new ModelException("the number of " + what + " is " + value + ", at most " + most);
                }
                return (int) value;
            }
        }
        throw new ModelException("the number of " + what + " is too large");
    }

    static double readFinite(DataInputStream in, String what) throws IOException, ModelException {
        double value = in.readDouble();
        if (!Double.isFinite(value)) {
            throw new ModelException(what + " is " + value);
        }
        return value;
    }

    private static final class Bounded extends InputStream {
        private final InputStream in;
        private int left = MOST_BYTES;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            if (left-- <= 0) {
                throw new IOException("more than " + MOST_BYTES + " bytes");
            }
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("more than " + MOST_BYTES + " bytes");
            }
            int read = in.read(target, offset, Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
