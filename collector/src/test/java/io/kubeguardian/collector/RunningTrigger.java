package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.trigger;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program inside a cgroup that says "ready" and then waits for its standard input. */
final class RunningTrigger implements AutoCloseable {
    final Process process;
    private final BufferedReader output;

    RunningTrigger(Path cgroup, Object... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(trigger("in_cgroup").toString(), cgroup.toString()));
        for (Object part : command) {
            all.add(part.toString());
        }
        process = new ProcessBuilder(all).redirectErrorStream(true).directory(Path.of("/").toFile()).start();
        output = process.inputReader(StandardCharsets.UTF_8);
        try {
            awaitReady();
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    void awaitReady() throws IOException {
        String line = output.readLine();
        if (!"ready".equals(line)) {
            throw new IllegalStateException("pid " + process.pid() + " says " + line);
        }
    }

    void write(String input) throws IOException {
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    int pid() {
        return (int) process.pid();
    }

    /** Lets it go on, with what to read; and waits for its end. @return its exit status */
    int goOn(String input) throws IOException, InterruptedException {
        write(input);
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("pid " + process.pid() + " does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close(); // they all end then
        try {
            process.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
