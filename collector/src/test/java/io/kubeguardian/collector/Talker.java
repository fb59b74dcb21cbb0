package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.trigger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The trigger {@code talk} in a cgroup: a process that lives on and does what it is told. */
final class Talker implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    Talker(Path cgroup, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(trigger("in_cgroup").toString(), cgroup.toString(),
                trigger("talk").toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        answers = process.inputReader();
        commands = process.outputWriter();
    }

    /** Waits until it is connected. */
    Talker ready() throws IOException {
        expect("ready");
        return this;
    }

    /** What it says next. */
    String line() throws IOException {
        return answers.readLine();
    }

    private void expect(String expected) throws IOException {
        String line = line();
        if (!expected.equals(line)) {
            throw new IllegalStateException("expected " + expected + ", got " + line);
        }
    }

    /** 0 or errno. */
    int send() throws IOException {
        return tell("s");
    }

    /** 0 or errno; does not wait. */
    int receive() throws IOException {
        return tell("r");
    }

    /** 0: it runs. */
    int ping() throws IOException {
        return tell("p");
    }

    private int tell(String command) throws IOException {
        ask(command);
        return Integer.parseInt(line());
    }

    /** Without waiting for the answer. */
    void ask(String command) throws IOException {
        commands.write(command + '\n');
        commands.flush();
    }

    /** Whether it has answered already. */
    boolean hasAnswered() throws IOException {
        return answers.ready();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("talk does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
