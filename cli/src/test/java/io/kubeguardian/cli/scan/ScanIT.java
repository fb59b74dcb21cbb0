package io.kubeguardian.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command as a process, with the class path that the launcher gives it: nothing that it needs may be missing there. */
class ScanIT {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static String classPath;

    @TempDir
    private Path folder;

    private record Ended(int code, String out, String err) {}

    private Ended run(List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        int code = process.waitFor();
        return new Ended(code, Files.readString(out), Files.readString(err));
    }

    private Ended scan(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", classPath, "io.kubeguardian.cli.Main", "scan"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** By the launcher's own function. */
    @BeforeAll
    static void askTheLauncher() throws IOException, InterruptedException {
        String function = "home=$1; eval \"$(sed -n '/^scan_classpath/,/^}/p' \"$1/kubeguardian\")\"; scan_classpath;"
                + " printf %s \"$classpath\"";
        Process process = new ProcessBuilder("bash", "-c", function, "bash", HOME.toString()).start();
        classPath = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(classPath.split(":")).hasSizeBetween(7, 9);
    }

    private String file(String resource) throws IOException {
        Path file = folder.resolve(resource);
        Files.writeString(file, ScanCommandTest.resource(resource));
        return file.toString();
    }

    @Test
    void exitCodesAreThoseOfTheDesign() throws Exception {
        String broken = Files.writeString(folder.resolve("broken.yaml"), "a: [").toString();

        assertThat(scan(file("hardened.yaml")).code()).isZero();
        assertThat(scan(file("privileged.yaml")).code()).isEqualTo(1);
        assertThat(scan(broken, file("privileged.yaml"))).satisfies(ended -> {
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.out()).contains("privileged-container").doesNotContain("\u001b");
            assertThat(ended.err().lines()).hasSize(1).first().asString().contains("broken.yaml:1");
        });
        assertThat(scan("/does/not/exist")).satisfies(ended -> {
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err().lines()).hasSize(1);
        });
    }

    @ParameterizedTest
    @EnumSource(ScanCommand.Format.class)
    void everyFormatNeedsNoMoreClassesThanItHas(ScanCommand.Format format) throws Exception {
        Ended ended = scan(file("privileged.yaml"), "--format", format.name(), "--framework", "cis", "--framework",
                "pss-restricted:v1.30");

        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isNotBlank();
    }

    @Test
    void fixesExceptionsAndBaselinesNeedNoMoreEither() throws Exception {
        String exceptions = Files.writeString(folder.resolve("exceptions"),
                "exceptions: [{check: image-tag, reason: a, expires: 2999-01-01}]").toString();
        String known = Files.writeString(folder.resolve("known"), scan(file("hardened.yaml"), "--format", "json").out()).toString();

        Ended ended = scan(file("privileged.yaml"), "--fix", "--exceptions", exceptions, "--baseline", known);

        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).contains("mended");
    }
}
