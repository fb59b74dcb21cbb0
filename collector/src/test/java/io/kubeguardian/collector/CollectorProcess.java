package io.kubeguardian.collector;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The collector as its own process, with the JVM options that it is shipped with. */
final class CollectorProcess implements AutoCloseable {
    final Process process;
    private final BufferedReader errors;

    CollectorProcess(Map<String, String> environment, List<String> arguments) throws IOException {
        this(List.of(), classPath(), environment, arguments);
    }

    /** This JVM's, of which some name their entries from where they are; the collector runs elsewhere. */
    static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
    }

    /** @param wrapper a command that ends by becoming the one that follows it */
    CollectorProcess(List<String> wrapper, String classPath, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "@collector.jvm",
                "-cp", classPath, CollectorMain.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of(System.getProperty("kubeguardian.bpf.target"), "../../collector").normalize().toFile());
        builder.environment().putAll(environment);
        process = builder.start();
        errors = process.errorReader();
    }

    /** The first line on stderr that starts so; null when the process ended without one. */
    String awaitLine(String start) throws IOException {
        return awaitLine(line -> line.startsWith(start));
    }

    /** As {@link #awaitLine}, with the text anywhere in it. */
    String awaitLineWith(String text) throws IOException {
        return awaitLine(line -> line.contains(text));
    }

    private String awaitLine(Predicate<String> condition) throws IOException {
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            if (condition.test(line)) {
                return line;
            }
        }
        return null;
    }

    /** SIGTERM, and its exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy(); // unlike the process's own, it leaves its output to be read
        return exitCode();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the collector does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
