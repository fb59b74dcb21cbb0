package io.kubeguardian.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Records to bytes and back, in Avro's single-object encoding: marker C3 01, the schema's 64-bit CRC fingerprint
 * (little endian), then the binary record. Format: Apache Avro 1.12 specification, "Single-object encoding".
 *
 * <p>Thread safe. Input is bounded: a record that claims collections of more than {@value #MAX_ITEMS} items or
 * strings of more than {@value #MAX_STRING_BYTES} bytes is malformed, whatever memory the machine has.
 *
 * @param <T> the generated record class
 */
public final class AvroCodec<T extends SpecificRecordBase> {
    static final int MAX_ITEMS = 1_000_000;
    static final int MAX_STRING_BYTES = 1 << 20;
    private static final int HEAD_BYTES = 10;
    private static final short MARKER = 0x01C3; // little endian
    /** What a thread keeps for the next record; larger ones leave nothing behind. */
    private static final int MOST_KEPT_BYTES = 1 << 20;
    private static final int FIRST_BYTES = 16 << 10;
    private static final ThreadLocal<Output> OUTPUT = ThreadLocal.withInitial(Output::new);
    private static final ThreadLocal<BinaryDecoder> INPUT = new ThreadLocal<>();

    static {
        // Avro reads these once, when its decoder is first loaded.
        setDefault("org.apache.avro.limits.collectionItems.maxLength", MAX_ITEMS);
        setDefault("org.apache.avro.limits.string.maxLength", MAX_STRING_BYTES);
        setDefault("org.apache.avro.limits.bytes.maxLength", MAX_STRING_BYTES);
    }

    /** Where a thread writes records, and Avro's buffer before it: unbuffered, each number is a call of the stream. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_BYTES);
        private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    }

    private final Class<T> type;
    private final byte[] head;
    private final SpecificDatumWriter<T> writer;
    private final SpecificDatumReader<T> reader;
    private final BinaryMessageDecoder<T> decoder;

    private AvroCodec(Class<T> type) {
        this.type = type;
        SpecificData model = new SpecificData(type.getClassLoader());
        // The generated coders: the others look up every field in the schema and box every number.
        model.setCustomCoders(true);
        model.setFastReaderEnabled(false);
        Schema schema = model.getSchema(type);
        this.head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN).putShort(MARKER)
                .putLong(SchemaNormalization.parsingFingerprint64(schema)).array();
        this.writer = new SpecificDatumWriter<>(schema, model);
        this.reader = new SpecificDatumReader<>(schema, schema, model);
        this.decoder = new BinaryMessageDecoder<>(model, schema, SchemaHistory.store());
    }

    /** The codec of one generated record class. */
    public static <T extends SpecificRecordBase> AvroCodec<T> of(Class<T> type) {
        return new AvroCodec<>(type);
    }

    /** The record's bytes; a new array that the caller owns. */
    public byte[] encode(T message) {
        Output output = OUTPUT.get();
        try {
            output.encoder.writeFixed(head);
            writer.write(message, output.encoder);
            output.encoder.flush();
            return output.bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
        } catch (RuntimeException e) { // a field that must be there is not: the encoder is left with half a record
            OUTPUT.remove();
            throw e;
        } finally {
            if (output.bytes.size() > MOST_KEPT_BYTES) {
                OUTPUT.remove();
            }
            output.bytes.reset();
        }
    }

    /**
     * The record in {@code bytes}, written with any published version of the schema.
     *
     * @throws MalformedRecordException when the bytes are not such a record
     */
    public T decode(byte[] bytes) throws MalformedRecordException {
        if (bytes == null) {
            throw new MalformedRecordException("empty: not a " + type.getSimpleName());
        }
        try {
            if (bytes.length < HEAD_BYTES || !Arrays.equals(bytes, 0, HEAD_BYTES, head, 0, HEAD_BYTES)) {
                return decoder.decode(bytes); // of another version; also tells what is wrong
            }
            BinaryDecoder input =
                    DecoderFactory.get().binaryDecoder(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, INPUT.get());
            INPUT.set(input);
            return reader.read(null, input);
        } catch (MissingSchemaException e) {
            throw new MalformedRecordException("written with a schema this reader does not know: "
                    + e.getMessage() + "; update the reader first", e);
        } catch (IOException | AvroRuntimeException | UnsupportedOperationException | ClassCastException
                | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new MalformedRecordException("not a " + type.getSimpleName() + ": " + e, e);
        }
    }

    private static void setDefault(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}
