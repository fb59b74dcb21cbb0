package io.kubeguardian.schema;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Other sensors' alerts for replay: Avro container files of {@link Signal}, beside {@link CaptureFile}s. */
public final class SignalFile {
    private SignalFile() {}

    /**
     * Whether a file says so itself.
     *
     * @throws MalformedRecordException when it is no Avro container file
     */
    public static boolean is(Path file) throws IOException, MalformedRecordException {
        try (DataFileReader<Object> in = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            return in.getSchema().getFullName().equals(Signal.getClassSchema().getFullName());
        } catch (FileNotFoundException e) {
            throw e;
        } catch (IOException | AvroRuntimeException e) {
            throw new MalformedRecordException(file + ": not a capture file: " + e.getMessage(), e);
        }
    }

    /** Writes a file; an existing one is replaced. */
    public static final class Writer implements Closeable {
        private final DataFileWriter<Signal> out = new DataFileWriter<>(new SpecificDatumWriter<>(Signal.class));

        public Writer(Path file) throws IOException {
            out.setCodec(CodecFactory.deflateCodec(9));
            out.create(Signal.getClassSchema(), file.toFile());
        }

        public void write(Signal signal) throws IOException {
            out.append(signal);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** Reads a file from its beginning, one signal at a time. */
    public static final class Reader implements Closeable {
        private final Path file;
        private final DataFileReader<Signal> in;
        private long entry;

        public Reader(Path file) throws IOException {
            this.file = file;
            this.in = new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(Signal.class));
        }

        /** The next signal, or null at the end. */
        public Signal next() throws MalformedRecordException {
            try {
                if (!in.hasNext()) {
                    return null;
                }
                entry++;
                return in.next();
            } catch (RuntimeException e) { // also what Avro itself trips over in a cut file
                throw new MalformedRecordException(file + ": entry " + entry + ": " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
