package io.kubeguardian.cli.stack;

import io.kubeguardian.cli.Interrupted;
import io.kubeguardian.cli.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A part of the stack that runs in a Java process of its own, with its standard error kept in a log file. */
public final class JavaChild implements AutoCloseable {
    private static final Duration TIME_TO_STOP = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private final CountDownLatch ready = new CountDownLatch(1);

    private JavaChild(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a process on the JDK that runs this one.
     *
     * @param optionsFile JVM options, one a line (java's {@code @file})
     * @param environment added to this process's own environment
     * @param log where the process's output goes
     * @param isReady recognises the line by which the process says that it is ready
     */
    public static JavaChild start(
            String name, Path optionsFile, String classPath, String mainClass, List<String> arguments,
            Map<String, String> environment, Path log, Predicate<String> isReady) {
        ProcessBuilder builder = new ProcessBuilder(command(optionsFile, classPath, mainClass, arguments))
                .redirectErrorStream(true);
        // Each of glibc's arenas keeps what was freed in it; our parts allocate too little outside the heap to need several.
        builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            JavaChild child = new JavaChild(name, process, log);
            Thread.ofVirtual().name(name + "-log").start(() -> child.copyOutput(isReady));
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the " + name, e);
        }
    }

    /** The command line of a process on the JDK that runs this one; {@code optionsFile}: as in {@link #start}. */
    public static List<String> command(Path optionsFile, String classPath, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + optionsFile);
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    private void copyOutput(Predicate<String> isReady) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                var out = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.write(line);
                out.newLine();
                out.flush();
                if (ready.getCount() > 0 && isReady.test(line)) {
                    ready.countDown();
                }
            }
        } catch (IOException e) {
            // The log ends here; the process itself is not touched by that.
        }
    }

    /**
     * Waits for the line that says the process is ready.
     *
     * @throws UserError with the end of the process's log when it stops before, or takes too long
     */
    public void awaitReady(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!ready.await(50, TimeUnit.MILLISECONDS)) {
                if (!process.isAlive()) {
                    throw new UserError("the " + name + " stopped with exit code " + process.exitValue() + ": "
                            + lastLine());
                }
                if (System.nanoTime() > end) {
                    throw new UserError("the " + name + " is not ready after " + patience.toSeconds() + " s: "
                            + lastLine());
                }
            }
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Resident memory of the process in bytes, from the kernel's own count; 0 when it is gone. */
    public long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }

    /** Asks the process to stop (SIGTERM), and kills it if it has not within ten seconds. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TIME_TO_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new Interrupted(e);
        }
    }

    private String lastLine() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "it said nothing" : lines.getLast();
        } catch (IOException e) {
            return "no log";
        }
    }
}
