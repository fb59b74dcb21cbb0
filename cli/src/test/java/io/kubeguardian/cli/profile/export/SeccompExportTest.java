package io.kubeguardian.cli.profile.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileCall;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exported profile, loaded by libseccomp as runc does it, around a real program. */
class SeccompExportTest {
    private record Ran(int code, String out) {}

    @TempDir
    Path folder;

    @Test
    void whatWasLearnedGoesOnAndWhatWasNotFailsWithEperm() throws Exception {
        // Given what a real program calls
        Path busybox = busybox();
        Path confine = confine();
        Path file = Files.writeString(folder.resolve("greeting"), "hello");
        Path names = folder.resolve("learned");
        List<String> normal = List.of(busybox.toString(), "cat", file.toString());
        Ran learned = run(confine, List.of("learn", names.toString(), "--"), normal);
        assumeTrue(learned.code() == 0 && Files.exists(names), "ptrace is not allowed here: " + learned.out());
        List<ProfileCall> calls = Files.readAllLines(names).stream().map(name -> new ProfileCall(name, 1L)).toList();
        assertThat(calls).extracting(ProfileCall::getName).contains("execve", "exit_group").doesNotContain("mkdir", "chmod");

        // When its profile is exported and enforced
        Profile profile = Profile.newBuilder(ExportExamples.profile()).setSyscalls(calls).build();
        JsonNode seccomp = new ObjectMapper().readTree(SeccompExport.of(Behaviour.of(List.of(profile))));
        List<String> allowed = new ArrayList<>();
        seccomp.at("/syscalls/0/names").forEach(name -> allowed.add(name.asText()));
        Path rules = Files.write(folder.resolve("rules"), allowed);
        List<String> enforce = List.of("enforce", rules.toString(), seccomp.get("defaultErrnoRet").asText(), "--");

        // Then the program works, and something else does not
        assertThat(run(confine, enforce, normal)).isEqualTo(new Ran(0, "hello"));
        Path made = folder.resolve("made");
        Ran mkdir = run(confine, enforce, List.of(busybox.toString(), "mkdir", made.toString()));
        assertThat(mkdir.code()).isNotZero();
        assertThat(mkdir.out()).contains("Operation not permitted");
        assertThat(made).doesNotExist();
        Ran chmod = run(confine, enforce, List.of(busybox.toString(), "chmod", "700", file.toString()));
        assertThat(chmod.out()).contains("Operation not permitted");
    }

    @Test
    void itIsTheFileThatTheKubeletTakes() throws Exception {
        JsonNode seccomp = new ObjectMapper().readTree(SeccompExport.of(ExportExamples.behaviour()));

        assertThat(seccomp.get("defaultAction").asText()).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(seccomp.get("architectures")).extracting(JsonNode::asText).containsExactly("SCMP_ARCH_X86_64");
        assertThat(seccomp.at("/syscalls/0/action").asText()).isEqualTo("SCMP_ACT_ALLOW");
        assertThat(seccomp.at("/syscalls/0/names")).extracting(JsonNode::asText)
                .contains("epoll_wait", "sendfile", "execve").doesNotContain("ptrace").doesNotHaveDuplicates();
    }

    @Test
    void aProfileWithoutSystemCallsIsNoFilter() {
        Behaviour none = Behaviour.of(List.of(Profile.newBuilder(ExportExamples.profile()).setSyscalls(List.of()).build()));

        assertThatThrownBy(() -> SeccompExport.of(none)).isInstanceOf(UserError.class).hasMessageContaining("syscallCountSeconds");
    }

    private static Path busybox() {
        for (String place : List.of("/usr/bin/busybox", "/bin/busybox")) {
            if (Files.isExecutable(Path.of(place))) {
                return Path.of(place);
            }
        }
        assumeTrue(false, "busybox is not installed");
        throw new IllegalStateException();
    }

    private Path confine() throws Exception {
        Path library = Path.of("/usr/lib/x86_64-linux-gnu/libseccomp.so.2");
        assumeTrue(Files.exists(library), "libseccomp2 is not installed");
        Path program = folder.resolve("confine");
        Ran built = run(Path.of("/usr/bin/env"), List.of("clang", "-O1", "-Wall", "-Werror", "-o", program.toString(),
                Path.of("src/test/c/confine.c").toAbsolutePath().toString(), library.toString()), List.of());
        assertThat(built.code()).as(built.out()).isZero();
        return program;
    }

    private Ran run(Path program, List<String> arguments, List<String> more) throws Exception {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(arguments);
        line.addAll(more);
        File out = folder.resolve("out").toFile();
        Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), Files.readString(out.toPath(), StandardCharsets.UTF_8));
    }
}
