package io.kubeguardian.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The scan command as a user runs it, from its start to its end with every built-in check and a report in JSON: over a tree of
 * files, and over one file. The parse-only baselines run with the same options of the JVM.
 */
final class ScanScenario implements Scenario {
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @Override
    public String name() {
        return "scan";
    }

    @Override
    public String describes() {
        return "manifests a second of a scan with every check, and the time of a scan of one file";
    }

    @Override
    public void measure(Run run) throws Exception {
        int files = run.quick() ? 2_000 : 20_000;
        Path tree = Files.createDirectories(run.scratch().resolve("tree"));
        long bytes = new ManifestTree(tree).write(files);
        run.progress("%,d files, %.1f MB", files, bytes / 1e6);
        String scan = run.home().resolve("kubeguardian").toString();
        Path one = tree.resolve("shop/app-0/manifest-0.yaml");
        time(List.of(scan, "scan", one.toString()), run); // the build's business, if there is any
        int rounds = run.quick() ? 1 : 5;
        for (int round = 0; round < rounds; round++) {
            run.progress("round %d of %d", round + 1, rounds);
            run.sample("scan_s", time(List.of(scan, "scan", tree.toString(), "--format", "json"), run));
            run.sample("parse_only_s", time(parseOnly("reader", tree), run));
            run.sample("snakeyaml_only_s", time(parseOnly("snakeyaml", tree), run));
            for (int k = 0; k < 3; k++) {
                run.sample("cold_start_s", time(List.of(scan, "scan", one.toString()), run));
            }
        }
        run.figure(Figure.against("manifests_per_s", files / run.median("scan_s"), "1/s", files / run.median("parse_only_s")));
        run.figure(Figure.of("snakeyaml_manifests_per_s", files / run.median("snakeyaml_only_s"), "1/s"));
        run.figure(Figure.of("megabytes_per_s", bytes / 1e6 / run.median("scan_s"), "MB/s"));
        run.figure(Figure.of("cold_start_s", run.median("cold_start_s"), "s"));
    }

    private static List<String> parseOnly(String reader, Path tree) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ParseOnly.class.getName(), reader, tree.toString()));
        return command;
    }

    /** Seconds from start to end. */
    private static double time(List<String> command, Run run) throws IOException, InterruptedException {
        File errors = run.scratch().resolve("errors").toFile();
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(errors).start();
        int code = process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code > 1) {
            throw new IllegalStateException(command + " ended with " + code + ": "
                    + Files.readString(errors.toPath()));
        }
        return seconds;
    }
}
