package io.kubeguardian.ingest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ingest as a process, with the flags of {@code ingest.jvm}. Runs in the module's folder. Beside Flink it has to be
 * one: Helidon refuses Java's serialization to all of its JVM.
 */
final class IngestProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ingest: ready port=(-?\\d+) managementPort=(-?\\d+)");

    private final Process process;
    private final BufferedReader errors;

    private IngestProcess(Process process) {
        this.process = process;
        this.errors = process.errorReader();
    }

    static IngestProcess start(Path config) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@ingest.jvm", "-cp",
                System.getProperty("java.class.path"), IngestMain.class.getName(), "--config", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("KUBEGUARDIAN_"));
        return new IngestProcess(builder.start());
    }

    /** Waits until it reads, and returns the port it takes requests on. */
    int port() throws IOException {
        List<String> said = new ArrayList<>();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                return Integer.parseInt(ready.group(1));
            }
            said.add(line);
        }
        throw new AssertionError("the ingest has ended: " + said);
    }

    Process process() {
        return process;
    }

    List<String> restOfErrors() {
        return errors.lines().toList();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        errors.close();
    }
}
