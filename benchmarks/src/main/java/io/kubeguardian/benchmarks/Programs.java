package io.kubeguardian.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The C programs of benchmarks/programs. */
final class Programs {
    private Programs() {}

    /** Runs to its end. @return what it wrote to standard output */
    static String run(Run run, String program, Object... arguments) throws IOException, InterruptedException {
        Process process = start(run, program, arguments);
        try {
            if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(program + " failed with "
                        + (process.isAlive() ? "no end" : process.exitValue()));
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip(); // a few lines
        } finally {
            process.destroyForcibly(); // does nothing to one that has ended
        }
    }

    static Process start(Run run, String program, Object... arguments) throws IOException {
        Path file = run.home().resolve("benchmarks/target/programs").resolve(program);
        if (!Files.isExecutable(file)) {
            throw new UnavailableException(file + " is not built: install clang and build again");
        }
        List<String> command = new ArrayList<>(List.of(file.toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
