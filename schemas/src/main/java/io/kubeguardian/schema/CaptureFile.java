package io.kubeguardian.schema;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Writes a capture; an existing file is replaced. */
    public static final class Writer implements Closeable {
        private final DataFileWriter<CaptureEntry> out;

        public Writer(Path file) throws IOException {
            out = new DataFileWriter<>(new SpecificDatumWriter<>(CaptureEntry.class));
            out.setCodec(CodecFactory.deflateCodec(9));
            out.create(CaptureEntry.getClassSchema(), Files.newOutputStream(file));
        }

        public void write(EventBatch batch) throws IOException {
            out.append(new CaptureEntry(batch));
        }

        public void write(PodMetadata pod) throws IOException {
            out.append(new CaptureEntry(pod));
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads a capture from its beginning, one entry at a time. */
    public static final class Reader implements Closeable, Iterable<CaptureEntry> {
        private final Path file;
        private final DataFileReader<CaptureEntry> in;
        private long entry;

        /** @throws MalformedRecordException when the file is no capture */
        public Reader(Path file) throws IOException, MalformedRecordException {
            this.file = file;
            try {
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
                if (!in.hasNext()) {
                    return null;
                }
                entry++;
                CaptureEntry next = in.next();
                if (next.getRecord() instanceof EventBatch batch) {
                    BatchEvents.validate(batch);
                }
                return next;
            } catch (AvroRuntimeException | MalformedRecordException e) {
                throw new MalformedRecordException(file + ": entry " + entry + ": " + e.getMessage(), e);
            }
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
