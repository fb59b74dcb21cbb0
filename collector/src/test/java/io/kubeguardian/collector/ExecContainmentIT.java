package io.kubeguardian.collector;

import static io.kubeguardian.collector.ContainedContainer.KILLED;
import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static io.kubeguardian.schema.ContainmentAction.DENY_EXEC;
import static io.kubeguardian.schema.ContainmentAction.KILL_EXEC;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.Authority;
import io.kubeguardian.collector.contain.KernelContainment;
import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.schema.EventBits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel does to a contained container's execs. */
@KernelTest
class ExecContainmentIT {
    @TempDir
    Path folder;

    private ContainedContainer container;

    @BeforeEach
    void attach() throws Exception {
        container = new ContainedContainer();
    }

    @AfterEach
    void detach() throws Exception {
        container.close();
    }

    @Test
    void aContainedExecIsKilledBeforeItRunsAndSeen() throws Exception {
        container.contain(KILL_EXEC);

        int status = run(container.cgroup, trigger("exit_with"), 0).status();

        container.seen.read();
        assertThat(status).isEqualTo(KILLED);
        assertThat(container.seen.execs).singleElement()
                .satisfies(exec -> assertThat(exec.flags()).isEqualTo(EventBits.EXEC_KILLED));
        assertThat(container.seen.exits).singleElement()
                .satisfies(exit -> assertThat(exit.raw().getStatus()).isEqualTo(9));
        assertThat(container.stopped()).isEqualTo(new Stopped(1, 0, 0, 0, 0));
    }

    @Test
    void aCgroupBelowAContainedOneIsContainedToo() throws Exception {
        Path below = container.cgroups.make(container.cgroup.resolve("inner"));
        container.contain(KILL_EXEC);

        int status = run(below, trigger("exit_with"), 0).status();

        assertThat(status).isEqualTo(KILLED);
    }

    @Test
    void aCgroupAboveMayBeTheOneThatIsContained() throws Exception {
        long root = container.cgroups.tree().rootId();
        container.put(root, Authority.DETECTION, List.of(), List.of(), ContainedContainer.inAnHour(), KILL_EXEC);

        int status = run(container.cgroup, trigger("exit_with"), 0).status();

        assertThat(status).isEqualTo(KILLED);
        container.kernel.remove(root, Authority.DETECTION);
    }

    @Test
    void theContainerBesideIsLeftAlone() throws Exception {
        container.contain(KILL_EXEC);

        int status = run(container.sibling, trigger("exit_with"), 3).status();

        assertThat(status).isEqualTo(3);
    }

    @Test
    void theKernelItselfStopsAtTheExpiry() throws Exception {
        container.put(container.id, Authority.DETECTION, List.of(), List.of(), Libc.bootNanos() - 1, KILL_EXEC);

        int status = run(container.cgroup, trigger("exit_with"), 3).status();

        assertThat(status).isEqualTo(3);
    }

    @Test
    void aReleaseEndsIt() throws Exception {
        container.contain(KILL_EXEC);
        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(KILLED);

        container.release();

        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(3);
    }

    @Test
    void whatOneAuthorityReleasesTheOtherStillContains() throws Exception {
        container.contain(KILL_EXEC);
        container.put(container.id, Authority.OPERATOR, List.of(), List.of(), ContainedContainer.inAnHour(), KILL_EXEC);

        container.release();

        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(KILLED);
        container.kernel.remove(container.id, Authority.OPERATOR);
        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(3);
    }

    @Test
    void whatOneAuthorityExceptsTheOtherStillKills() throws Exception {
        container.contain(KILL_EXEC);

        container.put(container.id, Authority.OPERATOR, List.of(trigger("exit_with")), List.of(),
                ContainedContainer.inAnHour(), KILL_EXEC);

        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(KILLED);
    }

    @Test
    void closingTheSensorEndsIt() throws Exception {
        try (TestCgroups own = new TestCgroups()) {
            SensorHarness sensor = new SensorHarness(own.tree());
            Path cgroup = own.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
            KernelContainment kernel = sensor.sensor.containments();
            kernel.define(1, List.of(), List.of());
            kernel.put(CgroupTree.id(cgroup), Authority.DETECTION, 1, Set.of(KILL_EXEC), ContainedContainer.inAnHour());
            assertThat(run(cgroup, trigger("exit_with"), 3).status()).isEqualTo(KILLED);

            sensor.close();

            assertThat(run(cgroup, trigger("exit_with"), 3).status()).isEqualTo(3);
        }
    }

    @Test
    void anExceptedProgramRunsAndEveryOtherIsKilled() throws Exception {
        container.containExceptPaths(List.of(trigger("exit_with")), KILL_EXEC);

        int excepted = run(container.cgroup, trigger("exit_with"), 3).status();

        assertThat(excepted).isEqualTo(3);
        assertThat(run(container.cgroup, trigger("exec_into"), trigger("exit_with"), 3).status()).isEqualTo(KILLED);
        assertThat(run(container.cgroup, copy("exit_with"), 3).status()).isEqualTo(KILLED);
        assertThat(container.stopped().execsKilled()).isEqualTo(2);
    }

    @Test
    void allBelowAnExceptedFolderRuns() throws Exception {
        Path deep = copy("tools/deep/down/exit_with");
        Path beside = copy("toolsmith/exit_with");

        container.containExceptPaths(List.of(folder.resolve("tools") + "/*"), KILL_EXEC);

        assertThat(run(container.cgroup, deep, 3).status()).isEqualTo(3);
        assertThat(run(container.cgroup, beside, 3).status()).isEqualTo(KILLED);
    }

    /** In the trie the longest prefix wins; each of them excepts. */
    @Test
    void exceptionsInsideOneAnotherAllCount() throws Exception {
        Path outer = copy("a/exit_with");
        Path inner = copy("a/b/c/exit_with");
        Path longer = copy("a/exit_with_more");

        container.containExceptPaths(List.of(folder.resolve("a/b/c/exit_with"), folder.resolve("a/b") + "/*",
                folder.resolve("a/exit_with")), KILL_EXEC);

        assertThat(run(container.cgroup, inner, 3).status()).isEqualTo(3);
        assertThat(run(container.cgroup, outer, 3).status()).isEqualTo(3);
        assertThat(run(container.cgroup, longer, 3).status()).isEqualTo(KILLED);
    }

    @Test
    void aPathThatIsLongerThanTheKernelLooksAtIsExceptedByItsFolder() throws Exception {
        String name = "n".repeat(120);
        Path deep = copy("t/" + name + '/' + name + '/' + name + "/exit_with");

        container.containExceptPaths(List.of(folder.resolve("t") + "/*"), KILL_EXEC);

        assertThat(run(container.cgroup, deep, 3).status()).isEqualTo(3);
    }

    @Test
    void exceptionsAreThoseOfTheOrderInForceAndOfNoOther() throws Exception {
        container.containExceptPaths(List.of(trigger("exit_with")), KILL_EXEC);

        container.containExceptPaths(List.of(trigger("exec_into")), KILL_EXEC);

        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(KILLED);
    }

    @Test
    void ofAScriptItsInterpreterCounts() throws Exception {
        Path script = folder.resolve("script");
        Files.writeString(script, "#!" + trigger("exit_with") + " 3\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

        container.containExceptPaths(List.of(script), KILL_EXEC);

        assertThat(run(container.cgroup, script).status()).isEqualTo(KILLED);
        container.containExceptPaths(List.of(trigger("exit_with")), KILL_EXEC);
        assertThat(run(container.cgroup, script).status()).isEqualTo(3);
    }

    @Test
    void aRootOfOnesOwnMakingMovesNoProgramUnderAnExceptedPath() throws Exception {
        copy("allowed/exit_with");
        copy("jail" + folder + "/allowed/exit_with");
        container.containExceptPaths(List.of(folder.resolve("allowed/exit_with"), trigger("exec_chroot")), KILL_EXEC);

        int status = run(container.cgroup, trigger("exec_chroot"), folder.resolve("jail"),
                folder.resolve("allowed/exit_with"), 3).status();

        assertThat(status).isEqualTo(KILLED);
    }

    /** "mountns" takes CAP_SYS_ADMIN of the node: who has that is not held by paths, and docs/containment.md says so. */
    @ParameterizedTest
    @ValueSource(strings = {"userns", "detached"})
    void aMountOfOnesOwnMakingMovesNoProgramUnderAnExceptedPath(String how) throws Exception {
        Path allowed = copy("allowed/exit_with");
        Path other = how.equals("detached") ? folder.resolve("jail") : copy("evil");
        Path insideOther = copy("jail" + folder + "/allowed/exit_with");
        container.containExceptPaths(List.of(allowed, trigger("exec_over")), KILL_EXEC);
        assertThat(insideOther).exists();

        int status = run(container.cgroup, trigger("exec_over"), how, other, allowed, 3).status();

        assertThat(status).isEqualTo(KILLED);
    }

    @Test
    void withoutAContainmentTheSameMountsRun() throws Exception {
        Path allowed = copy("allowed/exit_with");
        Path evil = copy("evil");
        copy("jail" + folder + "/allowed/exit_with");

        assertThat(run(container.cgroup, trigger("exec_over"), "userns", evil, allowed, 3).status()).isEqualTo(3);
        assertThat(run(container.cgroup, trigger("exec_over"), "detached", folder.resolve("jail"), allowed, 3).status())
                .isEqualTo(3);
        assertThat(run(container.cgroup, trigger("exec_chroot"), folder.resolve("jail"), allowed, 3).status()).isEqualTo(3);
    }

    @Test
    void aProgramFromMemoryHasNoPathThatCouldBeExcepted() throws Exception {
        container.containExceptPaths(List.of(trigger("exec_memfd"), "/memfd:dropper"), KILL_EXEC);

        int status = run(container.cgroup, trigger("exec_memfd"), trigger("exit_with")).status();

        assertThat(status).isEqualTo(KILLED);
    }

    @Test
    void whereLsmIsRefusedTheExecIsNotPromisedToBe() throws Exception {
        Assumptions.assumeFalse(container.problem("contain.deny-exec").isEmpty(), "this kernel takes LSM programs");

        assertThat(container.problem("contain.deny-exec")).contains("lsm/bprm_check_security refused by this kernel");
        assertThat(container.problem("contain.deny-open")).contains("lsm/file_open refused by this kernel");
        assertThat(container.problem("contain.network-lsm"))
                .contains("lsm/socket_connect refused by this kernel", "lsm/socket_sendmsg refused by this kernel");
    }

    @Test
    void aRefusedExecFailsAndAnExceptedOneRuns() throws Exception {
        Assumptions.assumeTrue(container.problem("contain.deny-exec").isEmpty(), container.problem("contain.deny-exec"));
        Path other = copy("other");

        container.containExceptPaths(List.of(trigger("exit_with")), DENY_EXEC);

        assertThat(run(container.cgroup, trigger("exit_with"), 3).status()).isEqualTo(3);
        assertThat(run(container.cgroup, other, 3)).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(127);
            assertThat(ended.output()).contains("Operation not permitted");
        });
        assertThat(run(container.sibling, other, 3).status()).isEqualTo(3);
        assertThat(container.stopped().execsRefused()).isEqualTo(1);
        container.release();
        assertThat(run(container.cgroup, other, 3).status()).isEqualTo(3);
    }

    /** A copy of exit_with; its folders are made. */
    private Path copy(String path) throws Exception {
        Path copy = folder.resolve(path.startsWith("/") ? path.substring(1) : path);
        Files.createDirectories(copy.getParent());
        return Files.copy(trigger("exit_with"), copy);
    }
}
