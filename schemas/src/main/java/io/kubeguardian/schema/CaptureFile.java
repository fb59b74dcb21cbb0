package io.kubeguardian.schema;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Capture files: Avro container files of {@link CaptureEntry}, as the sensor sent them, for replay. */
public final class CaptureFile {
    private CaptureFile() {}

    /**
     * Writes a capture; an existing file is replaced. When the disk fails, the file is cut to what was written whole:
     * what is there can be read to its end.
     */
    public static final class Writer implements Closeable {
        private final WholeBlocks file;
        private final DataFileWriter<CaptureEntry> out;

        public Writer(Path file) throws IOException {
            this.file = new WholeBlocks(file);
            out = new DataFileWriter<>(new SpecificDatumWriter<>(CaptureEntry.class));
            out.setCodec(CodecFactory.deflateCodec(9));
            whole(() -> out.create(CaptureEntry.getClassSchema(), this.file));
        }

        public void write(EventBatch batch) throws IOException {
            whole(() -> out.append(new CaptureEntry(batch)));
        }

        public void write(PodMetadata pod) throws IOException {
            whole(() -> out.append(new CaptureEntry(pod)));
        }

        /** After a failure nothing more is written. */
        @Override
        public void close() throws IOException {
            if (!file.cut) {
                whole(out::close);
            }
        }

        private interface Action {
            void run() throws IOException;
        }

        private void whole(Action action) throws IOException {
            try {
                action.run();
            } catch (IOException e) {
                try {
                    file.cutToWhole();
                } catch (IOException f) {
                    e.addSuppressed(f);
                }
                throw e;
            }
        }
    }

    /** Knows how far the file is whole: Avro flushes after its header and after each block (flush on every block). */
    private static final class WholeBlocks extends OutputStream {
        private final FileChannel channel;
        private long whole;
        private boolean cut;

        WholeBlocks(Path file) throws IOException {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        @Override
        public void flush() throws IOException {
            whole = channel.position();
        }

        void cutToWhole() throws IOException {
            cut = true;
            if (channel.isOpen()) {
                channel.truncate(whole);
                channel.close();
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /**
     * Reads a capture from its beginning, one entry at a time. A file whose end was cut off (its writer was killed, or still
     * writes) gives the entries of its whole blocks; {@link #cut} tells.
     */
    public static final class Reader implements Closeable, Iterable<CaptureEntry> {
        private final Path file;
        private final DataFileReader<CaptureEntry> in;
        private final long length;
        private long entry;
        private long cutBytes;

        /** @throws MalformedRecordException when the file is no capture */
        public Reader(Path file) throws IOException, MalformedRecordException {
            this.file = file;
            try {
                length = Files.size(file);
                in = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(CaptureEntry.class));
            } catch (java.io.FileNotFoundException | java.nio.file.NoSuchFileException e) {
                throw e;
            } catch (IOException | AvroRuntimeException e) {
                throw new MalformedRecordException(file + ": not a capture file: " + e.getMessage(), e);
            }
        }

        /** The next entry, or null at the end. */
        public CaptureEntry next() throws IOException, MalformedRecordException {
            try {
                if (!in.hasNext()) { // also at a block that does not come to its end
                    cutBytes = Math.max(0, length - in.previousSync());
                    return null;
                }
                entry++;
                CaptureEntry next = in.next();
                if (next.getRecord() instanceof EventBatch batch) {
                    BatchEvents.validate(batch);
                }
                return next;
            } catch (RuntimeException | MalformedRecordException e) { // also what Avro itself trips over in a cut file
                throw new MalformedRecordException(file + ": entry " + entry + ": " + e.getMessage(), e);
            }
        }

        /** After the end: what is wrong with it, in one line; empty when nothing is. */
        public String cut() {
            return cutBytes == 0 ? "" : file + ": its end is cut off: " + entry + " entries are whole, the last " + cutBytes
                    + " bytes are no whole block and are left out";
        }

        /** As {@link #next()}; a broken entry ends the iteration with an {@link IllegalStateException}. */
        @Override
        public Iterator<CaptureEntry> iterator() {
            return new Iterator<>() {
                private CaptureEntry ahead = advance();

                private CaptureEntry advance() {
                    try {
                        return Reader.this.next();
                    } catch (IOException | MalformedRecordException e) {
                        throw new IllegalStateException(e.getMessage(), e);
                    }
                }

                @Override
                public boolean hasNext() {
                    return ahead != null;
                }

                @Override
                public CaptureEntry next() {
                    if (ahead == null) {
                        throw new NoSuchElementException();
                    }
                    CaptureEntry current = ahead;
                    ahead = advance();
                    return current;
                }
            };
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
