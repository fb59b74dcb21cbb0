package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Home;
import io.kubeguardian.cli.Interrupted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Whether the sensor can run on this machine, as the collector itself says. */
public record SensorProbe(boolean works, String reason) {
    /** Asks {@code CollectorMain --probe}: exit code 0, or the reason on its last line. */
    public static SensorProbe run(Home home) {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + home.resolve("collector/collector.jvm"), "-cp", home.classPath("collector"),
                Stack.COLLECTOR_MAIN, "--probe");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip().lines().toList();
            boolean works = process.waitFor() == 0;
            return new SensorProbe(works, lines.isEmpty() ? "the collector said nothing" : lines.getLast());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the collector", e);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }
}
