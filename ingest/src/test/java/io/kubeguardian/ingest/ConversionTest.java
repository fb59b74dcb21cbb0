package io.kubeguardian.ingest;

import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeguardian.ingest.falco.Alerts;
import io.kubeguardian.ingest.tetragon.Export;
import io.kubeguardian.schema.CaptureEntry;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole files of other sensors as files for replay. */
class ConversionTest {
    private static final int LONGEST = 1 << 16;

    @TempDir
    Path folder;

    private final Export export = new Export(1_780_000_000L);
    private final Conversion conversion = new Conversion("prod", "here", LONGEST);

    @Test
    void aRotatedExportBecomesCapturesThatGoOnWhereTheOneBeforeEnded() throws Exception {
        // Given
        Path older = exported("tetragon.log.1", 1, 600);
        Path newer = exported("tetragon.log", 601, 700);
        conversion.convert(older, folder.resolve("0.avro"));

        // When
        Conversion.Result result = conversion.convert(newer, folder.resolve("1.avro"));

        // Then
        assertThat(result).isEqualTo(new Conversion.Result(ForeignSensor.TETRAGON, 100, 0, ""));
        List<EventBatch> first = batches(folder.resolve("0.avro"));
        List<EventBatch> second = batches(folder.resolve("1.avro"));
        assertThat(first.stream().mapToInt(batch -> batch.getExecs().size()).sum()).isEqualTo(600);
        assertThat(second.getFirst().getPodSequence()).isEqualTo(first.getLast().getPodSequence() + 1);
        assertThat(second.getFirst().getEpoch()).isEqualTo(first.getFirst().getEpoch());
        try (CaptureFile.Reader reader = new CaptureFile.Reader(folder.resolve("0.avro"))) {
            assertThat(((PodMetadata) reader.next().getRecord()).getName()).isEqualTo("orders-7d9-x2x4z");
        }
    }

    @Test
    void alertsOfFalcoBecomeSignals() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("falco.json"), "\n" + Alerts.shell(Instant.ofEpochSecond(1_780_000_000L)));

        // When
        Conversion.Result result = conversion.convert(file, folder.resolve("0.avro"));

        // Then
        assertThat(result).isEqualTo(new Conversion.Result(ForeignSensor.FALCO, 1, 0, ""));
        assertThat(SignalFile.is(folder.resolve("0.avro"))).isTrue();
        try (SignalFile.Reader reader = new SignalFile.Reader(folder.resolve("0.avro"))) {
            Signal signal = reader.next();
            assertThat(signal.getRule()).isEqualTo("Terminal shell in container");
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void whatCannotBeReadIsLeftOutAndALossOfTheNode() throws Exception {
        // Given
        Path file = exported("tetragon.log", 1, 3);
        Files.writeString(file, "{\"broken\": \n" + Files.readString(file) + "x".repeat(LONGEST + 1) + "\n\u0000\n"
                + export.event("process_exec", 9 * SECOND, export.process(9 * SECOND, 1900, "/bin/last", ""), null));

        // When
        Conversion.Result result = conversion.convert(file, folder.resolve("0.avro"));

        // Then
        assertThat(result.taken()).isEqualTo(4);
        assertThat(result.leftOut()).isEqualTo(3);
        assertThat(result.firstProblem()).startsWith("line 1: not acceptable JSON");
        assertThat(batches(folder.resolve("0.avro")).getLast().getLosses())
                .anyMatch(loss -> loss.getCause() == LossCause.UNREADABLE && loss.getCount() == 2);
    }

    @Test
    void aFileOfNeitherSensorIsRefused() throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("other.json"), "{\"kind\": \"Pod\"}\n[1]\n\u0000\u0001\n");

        // When, then
        assertThatExceptionOfType(MalformedLineException.class)
                .isThrownBy(() -> conversion.convert(file, folder.resolve("0.avro")))
                .withMessage("neither Tetragon's JSON export nor Falco's JSON alerts");
    }

    private Path exported(String name, int from, int to) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i <= to; i++) {
            lines.append(export.event("process_exec", i * SECOND,
                    export.process(i * SECOND, i + 1000, "/bin/tool-" + i, ""), null)).append('\n');
        }
        return Files.writeString(folder.resolve(name), lines);
    }

    private static List<EventBatch> batches(Path capture) throws Exception {
        List<EventBatch> batches = new ArrayList<>();
        try (CaptureFile.Reader reader = new CaptureFile.Reader(capture)) {
            for (CaptureEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (entry.getRecord() instanceof EventBatch batch) {
                    batches.add(batch);
                }
            }
        }
        return batches;
    }
}
