package io.kubeguardian.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.message.SchemaStore;

/**
 * Every version of every record schema that was ever published, from the class path: what a reader needs to
 * understand older and newer writers without a schema registry. A registry can replace it as the
 * {@link SchemaStore} of {@link AvroCodec}.
 */
public final class SchemaHistory {
    static final String FOLDER = "/schema-history/";

    private SchemaHistory() {}

    /** Loaded by the first record of another version: most readers never meet one, and all of it takes megabytes. */
    private static final class Store {
        static final SchemaStore.Cache ALL = load();
    }

    /** The store that {@link AvroCodec} decodes with. */
    public static SchemaStore store() {
        return fingerprint -> Store.ALL.findByFingerprint(fingerprint);
    }

    /** Names of all published versions: {@code <record>.v<N>.avsc}. */
    public static List<String> versions() {
        List<String> names = new ArrayList<>();
        try (BufferedReader index = new BufferedReader(
                new InputStreamReader(open("index"), StandardCharsets.UTF_8))) {
            for (String line = index.readLine(); line != null; line = index.readLine()) {
                if (!line.isBlank()) {
                    names.add(line.strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** The schema of one published version, by its name in {@link #versions()}. */
    public static Schema schema(String version) {
        try (InputStream in = open(version)) {
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("schema-history/" + version, e);
        }
    }

    private static SchemaStore.Cache load() {
        SchemaStore.Cache cache = new SchemaStore.Cache();
        versions().forEach(version -> cache.addSchema(schema(version)));
        return cache;
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = SchemaHistory.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IOException("not on the class path: " + FOLDER + name);
        }
        return in;
    }
}
