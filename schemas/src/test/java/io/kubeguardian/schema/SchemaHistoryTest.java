package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Published schemas are a promise. When a schema changes, this test fails until the new version is recorded beside
 * the old ones: run it once with {@code -Dkubeguardian.schemas.record=true} and commit what it writes.
 */
class SchemaHistoryTest {
    private static final Path RESOURCES = Path.of("src/main/resources/schema-history");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final boolean RECORD = Boolean.getBoolean("kubeguardian.schemas.record");

    @TestFactory
    Stream<DynamicTest> theCurrentSchemaOfEveryRecordIsPublished() {
        return Examples.all().stream().map(example -> dynamicTest(name(example), () -> {
            List<Schema> published = published(name(example));
            if (RECORD && published.stream().noneMatch(s -> same(s, example.getSchema()))) {
                record(example, published.size() + 1);
                return;
            }
            assertThat(published).anyMatch(s -> same(s, example.getSchema()));
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyPublishedVersionReadsEveryOther() {
        return Examples.all().stream().map(example -> dynamicTest(name(example), () -> {
            List<Schema> published = published(name(example));
            for (Schema reader : published) {
                for (Schema writer : published) {
                    assertThat(SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType())
                            .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
                }
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> goldenRecordsOfEveryVersionAreStillRead() {
        return Examples.all().stream().map(example -> dynamicTest(name(example), () -> {
            int versions = published(name(example)).size();
            for (int version = 1; version <= versions; version++) {
                byte[] golden = Files.readAllBytes(GOLDEN.resolve(name(example) + ".v" + version + ".bin"));

                SpecificRecordBase read = AvroCodec.of(example.getClass()).decode(golden);

                assertThat(read).isEqualTo(example);
            }
        }));
    }

    private static void record(SpecificRecordBase example, int version) throws Exception {
        String file = name(example) + ".v" + version;
        Files.writeString(RESOURCES.resolve(file + ".avsc"), example.getSchema().toString(true) + "\n");
        Path indexFile = RESOURCES.resolve("index");
        String old = Files.readString(indexFile);
        Files.writeString(indexFile, old + file + ".avsc\n");
        Files.write(GOLDEN.resolve(file + ".bin"), encode(example));
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecordBase> byte[] encode(T example) {
        return AvroCodec.of((Class<T>) example.getClass()).encode(example);
    }

    private static List<Schema> published(String record) {
        return SchemaHistory.versions().stream()
                .filter(v -> v.matches(record + "\\.v\\d+\\.avsc"))
                .map(SchemaHistory::schema)
                .toList();
    }

    private static boolean same(Schema a, Schema b) {
        return SchemaNormalization.parsingFingerprint64(a) == SchemaNormalization.parsingFingerprint64(b);
    }

    private static String name(SpecificRecordBase example) {
        return example.getSchema().getName();
    }
}
