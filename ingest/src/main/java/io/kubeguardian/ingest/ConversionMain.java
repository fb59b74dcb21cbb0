package io.kubeguardian.ingest;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.config.IngestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * {@link Conversion} as a process of its own: {@code [--config FILE] FOLDER FILE...} writes {@code FOLDER/0.avro},
 * {@code 1.avro}, …
 */
public final class ConversionMain {
    private static final int WRONG_USE = 2;

    private ConversionMain() {}

    /** Says on stdout what was left out of which file. Exits with 2 and one line on stderr when a file cannot be used. */
    public static void main(String[] args) {
        int first = args.length > 0 && args[0].equals("--config") ? 2 : 0;
        if (args.length < first + 2) {
            fail("usage: [--config FILE] FOLDER FILE...");
        }
        String file = "";
        try {
            IngestSettings settings = ConfigReader.read(first == 0 ? null : Path.of(args[1]), System.getenv())
                    .ingest();
            Conversion conversion = new Conversion(settings.cluster(), settings.node().isEmpty() ? "unknown" : settings.node(),
                    settings.maxLineBytes());
            Path folder = Files.createDirectories(Path.of(args[first]));
            for (int i = 0; i < args.length - first - 1; i++) {
                file = args[first + 1 + i];
                Conversion.Result result = conversion.convert(Path.of(file), folder.resolve(i + ".avro"));
                if (result.leftOut() > 0) {
                    System.out.println(file + ": " + result.leftOut() + " of " + (result.taken() + result.leftOut())
                            + " lines left out; " + result.firstProblem());
                }
            }
        } catch (NoSuchFileException e) {
            fail(e.getFile() + ": no such file");
        } catch (MalformedLineException | IOException e) {
            fail(file + ": " + e.getMessage());
        } catch (ConfigException e) {
            fail(e.getMessage());
        }
    }

    private static void fail(String problem) {
        System.err.println(problem);
        System.exit(WRONG_USE);
    }
}
