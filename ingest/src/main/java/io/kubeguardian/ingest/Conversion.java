package io.kubeguardian.ingest;

import io.kubeguardian.ingest.file.Line;
import io.kubeguardian.ingest.file.WholeFile;
import io.kubeguardian.ingest.json.JsonLine;
import io.kubeguardian.ingest.tetragon.BootIds;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Files of other sensors, complete ones, as files for replay: Tetragon's export becomes a capture, Falco's alerts a file of
 * signals. Each file's first line that is a JSON object tells whose it is. All files of one conversion are one story: a
 * rotated log goes on where the one before it ended.
 */
public final class Conversion {
    /** Lines after which batches are closed: so far can events of two pods change places. */
    private static final int LINES_AT_ONCE = 256;
    /** Of all that it makes: the same lines give the same records, and these the same alerts. */
    private static final long EPOCH = 1;

    /**
     * What became of a file.
     *
     * @param firstProblem of the first line that was left out; empty when none was
     */
    public record Result(ForeignSensor sensor, long taken, long leftOut, String firstProblem) {}

    private final Translator translator;
    private final int longestLine;
    private CaptureFile.Writer capture;
    private SignalFile.Writer signals;

    /** @param node for lines that name none */
    public Conversion(String cluster, String node, int longestLine) {
        this.longestLine = longestLine;
        this.translator = new Translator(new Translator.Options(cluster, node, true, EPOCH), new BootIds(Map.of()),
                Intake::nanos, new ToFile());
    }

    /**
     * Converts the next file.
     *
     * @param out is replaced
     * @throws MalformedLineException when the file is of neither sensor
     */
    public Result convert(Path file, Path out) throws IOException, MalformedLineException {
        ForeignSensor sensor = sensor(file);
        try {
            if (sensor == ForeignSensor.TETRAGON) {
                capture = new CaptureFile.Writer(out);
            } else {
                signals = new SignalFile.Writer(out);
            }
            return lines(file, sensor);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            close();
        }
    }

    private Result lines(Path file, ForeignSensor sensor) throws IOException {
        long taken = 0;
        long leftOut = 0;
        long number = 0;
        String firstProblem = "";
        String node = "";
        try (WholeFile lines = new WholeFile(file, longestLine)) {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                number++;
                try {
                    if (line.tooLong()) {
                        throw new MalformedLineException("longer than ingest.maxLineBytes: " + line.length() + " bytes");
                    }
                    String of = translator.take(sensor, line.bytes());
                    node = of.isEmpty() ? node : of;
                    taken++;
                } catch (MalformedLineException e) {
                    leftOut++;
                    firstProblem = firstProblem.isEmpty() ? "line " + number + ": " + e.getMessage() : firstProblem;
                    translator.lost(node);
                }
                if (number % LINES_AT_ONCE == 0) {
                    translator.flush();
                }
            }
        }
        translator.flush();
        return new Result(sensor, taken, leftOut, firstProblem);
    }

    private ForeignSensor sensor(Path file) throws IOException, MalformedLineException {
        try (WholeFile lines = new WholeFile(file, longestLine)) {
            for (Line line = lines.next(); line != null; line = lines.next()) {
                ForeignSensor sensor = sensor(line);
                if (sensor != null) {
                    return sensor;
                }
            }
        }
        throw new MalformedLineException("neither Tetragon's JSON export nor Falco's JSON alerts");
    }

    /** Null when the line does not say. */
    private static ForeignSensor sensor(Line line) {
        try {
            List<String> names = line.tooLong() ? List.of() : JsonLine.parse(line.bytes()).names();
            if (names.contains("rule") && names.contains("priority")) {
                return ForeignSensor.FALCO;
            }
            return names.stream().anyMatch(name -> name.startsWith("process_")) ? ForeignSensor.TETRAGON : null;
        } catch (MalformedLineException e) {
            return null; // one of the lines that are left out
        }
    }

    private void close() throws IOException {
        if (capture != null) {
            capture.close();
        }
        if (signals != null) {
            signals.close();
        }
        capture = null;
        signals = null;
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void write(Write write) {
        try {
            write.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of pods only Tetragon's events tell: an alert of Falco's names its own. */
    private final class ToFile implements Records {
        @Override
        public void batch(EventBatch batch) {
            write(() -> capture.write(batch));
        }

        @Override
        public void pod(PodMetadata pod) {
            write(() -> capture.write(pod));
        }

        @Override
        public void signal(Signal signal) {
            write(() -> signals.write(signal));
        }
    }
}
