package io.kubeguardian.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.specific.SpecificData;
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

    static {
        // Avro reads these once, when its decoder is first loaded.
        setDefault("org.apache.avro.limits.collectionItems.maxLength", MAX_ITEMS);
        setDefault("org.apache.avro.limits.string.maxLength", MAX_STRING_BYTES);
        setDefault("org.apache.avro.limits.bytes.maxLength", MAX_STRING_BYTES);
    }

    private final Class<T> type;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    private AvroCodec(Class<T> type) {
        this.type = type;
        SpecificData model = SpecificData.getForClass(type);
        Schema schema = model.getSchema(type);
        this.encoder = new BinaryMessageEncoder<>(model, schema);
        this.decoder = new BinaryMessageDecoder<>(model, schema, SchemaHistory.store());
    }

    /** The codec of one generated record class. */
    public static <T extends SpecificRecordBase> AvroCodec<T> of(Class<T> type) {
        return new AvroCodec<>(type);
    }

    /** The record's bytes; a new array that the caller owns. */
    public byte[] encode(T message) {
        try {
            ByteBuffer buffer = encoder.encode(message);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: cannot happen
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
            return decoder.decode(bytes);
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
