package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.cli.stack.JavaChild;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other sensors' JSON among what is to be replayed: Tetragon's export, Falco's alerts. */
final class ForeignFiles {
    private static final String MAIN = "io.kubeguardian.ingest.ConversionMain";

    private ForeignFiles() {}

    /**
     * The same files in the same order, with a file that can be replayed in place of each that is JSON.
     *
     * @param config KubeGuardian's configuration, for the cluster's name; may be null
     * @param folder where these are made
     * @throws UserError when one of them is of no sensor that is understood
     */
    static List<Path> converted(List<Path> files, Path config, Path folder) {
        List<Path> foreign = files.stream().filter(ForeignFiles::isJson).toList();
        if (foreign.isEmpty()) {
            return files;
        }
        convert(foreign, config, folder);
        List<Path> converted = new ArrayList<>();
        int next = 0;
        for (Path file : files) {
            converted.add(foreign.contains(file) ? folder.resolve(next++ + ".avro") : file);
        }
        return converted;
    }

    /** Begins with a brace. A file that is not there is told by whoever reads it. */
    private static boolean isJson(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            int first = in.read();
            while (first == ' ' || first == '\t' || first == '\r' || first == '\n') {
                first = in.read();
            }
            return first == '{';
        } catch (IOException e) {
            return false;
        }
    }

    /** In a process of the ingest's own, as it always runs. */
    private static void convert(List<Path> files, Path config, Path folder) {
        Home home = Home.find();
        List<String> arguments = new ArrayList<>(config == null ? List.of() : List.of("--config", config.toString()));
        arguments.add(folder.toString());
        files.forEach(file -> arguments.add(file.toString()));
        try {
            Process process = new ProcessBuilder(JavaChild.command(
                    home.resolve("ingest/ingest.jvm"), home.classPath("ingest"), MAIN, arguments))
                    .redirectErrorStream(true).start();
            List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().lines()
                    .toList();
            if (process.waitFor() != 0) {
                throw new UserError(Texts.line(said.isEmpty() ? "the conversion failed" : said.getLast()));
            }
            said.forEach(line -> System.err.println("kubeguardian: " + line));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the ingest", e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
