package io.kubeguardian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.stack.SensorProbe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user runs it: a process of its own, with every real part. */
class DemoIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private record Run(int exitCode, String output, JsonNode result) {}

    @Test
    void theRecordedAttackIsSeenCorrelatedAndRefused() throws Exception {
        Run run = demo("--replay");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.result().path("mode").asText()).isEqualTo("REPLAYED");
        assertThat(states(run, "not-possible")).contains("contained");
        assertThat(run.result().path("denial").asText()).contains("shop/Deployment/orders");
        assertThat(run.output()).contains("REPLAYED");
    }

    @Test
    void theAttackOnThisMachineIsSeenContainedAndRefused() throws Exception {
        SensorProbe probe = SensorProbe.run(new Home(PROJECT));
        if (!probe.works()) {
            System.out.println("SKIPPED the live demo: " + probe.reason()); // Surefire keeps the reason to itself
        }
        assumeTrue(probe.works(), "the sensor does not work here: " + probe.reason());

        Run run = demo();

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.result().path("mode").asText()).isEqualTo("LIVE");
        assertThat(states(run, "ok")).contains("contained", "contained: next exec killed",
                "contained: next connection refused", "next pod denied", "nothing left behind");
        assertThat(run.result().path("times_ms").path("event_to_contained").asDouble()).isPositive();
    }

    private static List<String> states(Run run, String state) {
        return run.result().path("checks").valueStream()
                .filter(c -> c.path("state").asText().equals(state)).map(c -> c.path("name").asText()).toList();
    }

    private Run demo(String... options) throws Exception {
        Path json = folder.resolve("result.json");
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + PROJECT.resolve("cli/cli.jvm"),
                "-Dkubeguardian.home=" + PROJECT, "-cp", new Home(PROJECT).classPath("cli"),
                Main.class.getName(), "demo", "--json", json.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroy();
            process.waitFor();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        return new Run(ended ? process.exitValue() : -1, text,
                Files.exists(json) ? new ObjectMapper().readTree(json.toFile()) : new ObjectMapper().createObjectNode());
    }
}
