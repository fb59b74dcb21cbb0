package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.SensorHarness.SeenExec;
import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.EventBits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a process runs as, on which terminal, from which file; and how it ends. */
@KernelTest
class ProcessSensorIT {
    private static final Path ENV = Path.of("/usr/bin/env");
    private static final int NET_RAW = 13;

    @TempDir
    Path folder;

    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        cgroups = TestCgroups.monitored();
        seen = new SensorHarness(cgroups.tree());
        cgroup = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void realAndEffectiveIdsAreThoseOfTheNewProgram() throws Exception {
        Path program = program();
        Files.setAttribute(program, "unix:uid", 1234);
        Files.setAttribute(program, "unix:gid", 1235);
        Files.setAttribute(program, "unix:mode", 0106755);

        run(cgroup, trigger("become"), 1000, 1001, "-", "-", program);

        SeenExec exec = last();
        assertThat(exec.process().uid()).isEqualTo(1000);
        assertThat(exec.process().gid()).isEqualTo(1001);
        assertThat(exec.raw().getEffectiveUid()).isEqualTo(1234);
        assertThat(exec.raw().getEffectiveGid()).isEqualTo(1235);
    }

    @Test
    void capabilitySetsAreThoseOfTheNewProgram() throws Exception {
        run(cgroup, trigger("become"), 1000, 1001, "-", NET_RAW, program());

        SeenExec root = seen.read().execs.getFirst();
        assertThat(root.raw().getCapEffective()).isEqualTo(root.raw().getCapPermitted()).isNotZero();
        SeenExec exec = last();
        assertThat(exec.raw().getCapEffective()).isEqualTo(1L << NET_RAW);
        assertThat(exec.raw().getCapPermitted()).isEqualTo(1L << NET_RAW);
        assertThat(exec.raw().getCapInheritable()).isEqualTo(1L << NET_RAW);
    }

    @Test
    void theLoginUserStaysWhoeverTheProcessBecomes() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/loginuid")), "a kernel without CONFIG_AUDIT");

        Ended ended = run(cgroup, Path.of("/bin/sh"), "-c", "echo 4242 > /proc/self/loginuid && exec "
                + trigger("become") + " 1000 1001 - - " + program());

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(seen.read().execs.getFirst().raw().getLoginUid()).isEqualTo(ownLoginUid());
        assertThat(last().raw().getLoginUid()).isEqualTo(4242);
    }

    @Test
    void sessionAndGroupAreNumbersOfTheHost() throws Exception {
        Ended ended = run(cgroup, Path.of("/usr/bin/unshare"), "--fork", "--pid", "/usr/bin/setsid", program());

        assertThat(ended.status()).as(ended.output()).isZero();
        SeenExec exec = last();
        assertThat(exec.process().containerPid()).isEqualTo(1);
        assertThat(exec.raw().getSession()).isEqualTo(exec.process().pid());
        assertThat(exec.raw().getProcessGroup()).isEqualTo(exec.process().pid());
        assertThat(exec.raw().getTty()).isZero();
    }

    @Test
    void theTerminalIsItsDeviceNumber() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/pts/ptmx")), "devpts is not mounted: no terminals");

        Ended ended = run(cgroup, trigger("exec_on_tty"), program());

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(last().raw().getTty()).isEqualTo(Integer.parseInt(ended.output().strip())).isNotZero();
    }

    @Test
    void theProgramsFileIsNamedByInodeAndTimes() throws Exception {
        Path program = program();
        Files.setLastModifiedTime(program, FileTime.from(1_700_000_000_123_456_789L, TimeUnit.NANOSECONDS));

        run(cgroup, program);

        SeenExec exec = last();
        assertThat(exec.raw().getExeInode()).isEqualTo(Files.getAttribute(program, "unix:ino"));
        assertThat(exec.raw().getExeModifyTime()).isEqualTo(1_700_000_000_123_456_789L);
        assertThat(exec.raw().getExeChangeTime())
                .isEqualTo(((FileTime) Files.getAttribute(program, "unix:ctime")).to(TimeUnit.NANOSECONDS));
    }

    @Test
    void aProgramThatMayBeWrittenByWhoRunsItIsFlagged() throws Exception {
        Path others = program();
        Path own = copy("own", 1000, 1, 0500); // the owner can change its mode
        Path groups = copy("groups", 0, 2000, 0775);
        Path world = copy("world", 0, 0, 0757);

        for (Path program : List.of(others, own, groups, world)) {
            run(cgroup, trigger("become"), 1000, 1001, "1500,2000", "-", program);
        }
        run(cgroup, trigger("become"), 1000, 1001, "-", "-", groups);

        seen.read();
        assertThat(seen.execs).filteredOn(e -> e.exe().startsWith(folder.toString()))
                .extracting(e -> Path.of(e.exe()).getFileName() + " " + writable(e))
                .containsExactly("program false", "own true", "groups true", "world true", "groups false");
    }

    @Test
    void rootMayWriteUnlessTheMountIsReadOnly() throws Exception {
        Path program = program();
        Path mount = Files.createDirectory(folder.resolve("ro"));
        run(cgroup, program);

        Ended ended = run(cgroup, Path.of("/usr/bin/unshare"), "-m", "/bin/sh", "-c", "mount --bind " + folder + ' ' + mount
                + " && mount -o remount,bind,ro " + mount + " && exec " + mount + "/program");

        assertThat(ended.status()).as(ended.output()).isZero();
        seen.read();
        assertThat(writable(seen.execs.getFirst())).isTrue();
        assertThat(last().exe()).isEqualTo(mount + "/program");
        assertThat(writable(last())).isFalse();
    }

    @Test
    void rootOfAUserNamespaceMayWriteOnlyWhatIsMappedThere() throws Exception {
        Path mapped = program();
        Path foreign = copy("foreign", 3000, 3000, 0755);
        Path unshare = Path.of("/usr/bin/unshare");

        Ended ended = run(cgroup, unshare, "--user", "--map-root-user", mapped);
        run(cgroup, unshare, "--user", "--map-root-user", foreign);

        Assumptions.assumeTrue(ended.status() == 0, "no user namespaces here: " + ended.output());
        seen.read();
        assertThat(seen.execs).filteredOn(e -> e.exe().startsWith(folder.toString()))
                .extracting(ProcessSensorIT::writable).containsExactly(true, false);
    }

    @Test
    void onlyVariablesAskedForLeaveTheKernel() throws Exception {
        run(cgroup, ENV, "-i", "FIRST=unasked-1", "LD_PRELOAD=/tmp/x.so", "LD_PRELOADED=unasked-2", "LD=unasked-3",
                "XLD_PRELOAD=unasked-4", "A_NAME_OF_THIRTY_ONE_CHARACTERS=y", "LD_PRELOAD_=unasked-5", program());

        SeenExec exec = last();
        assertThat(environment(exec)).containsExactly("LD_PRELOAD=/tmp/x.so", "A_NAME_OF_THIRTY_ONE_CHARACTERS=y");
        assertThat(exec.flags()).isZero();
        // What this test itself has from its parents, and env has from this test.
        assertThat(System.getenv()).containsKey("PATH");
        assertThat(seen.batches).allSatisfy(batch -> assertThat(batch.getStrings()).noneMatch(t -> t.startsWith("PATH=")));
    }

    @Test
    void aVariableBehindALargeEnvironmentIsFoundAndOneBehindAHugeIsSaidToBeMissing() throws Exception {
        run(cgroup, ENV, "-i", "FIRST=" + "x".repeat(20_000), "LD_PRELOAD=found", program());
        run(cgroup, ENV, "-i", "FIRST=" + "x".repeat(40_000), "LD_PRELOAD=hidden", program());
        run(cgroup, ENV, "-i", "FIRST=" + "x".repeat(3071) + "LD_PRELOAD=no-variable", program());

        seen.read();
        List<SeenExec> programs = seen.execs.stream().filter(e -> e.exe().endsWith("/program")).toList();
        assertThat(programs).extracting(this::environment).containsExactly(List.of("LD_PRELOAD=found"), List.of(), List.of());
        assertThat(programs).extracting(SeenExec::flags).containsExactly(0, EventBits.EXEC_ENVIRONMENT_TRUNCATED, 0);
    }

    @Test
    void aValueTooLongIsSaidToBeMissing() throws Exception {
        run(cgroup, ENV, "-i", "LD_PRELOAD=" + "x".repeat(3072), program());

        assertThat(environment(last())).isEmpty();
        assertThat(last().flags()).isEqualTo(EventBits.EXEC_ENVIRONMENT_TRUNCATED);
    }

    @Test
    void secretsAreMaskedInArgumentsAndVariables() throws Exception {
        run(cgroup, ENV, "-i", "LD_PRELOAD=https://me:hunter2@h/x", program(), "--password", "hunter2");

        SeenExec exec = last();
        assertThat(exec.args()).containsExactly(exec.exe(), "--password", "***");
        assertThat(environment(exec)).containsExactly("LD_PRELOAD=https://me:***@h/x");
        assertThat(exec.flags()).isEqualTo(EventBits.EXEC_ARGS_MASKED);
        assertThat(seen.batches).allSatisfy(batch -> assertThat(batch.getStrings()).noneMatch(t -> t.contains("hunter2")));
    }

    @Test
    void threadsThatEndTogetherEndTheirProcessOnce() throws Exception {
        int children = 300;

        run(cgroup, trigger("end_together"), children);

        seen.read();
        assertThat(seen.exits).extracting(e -> e.process().pid()).hasSize(children + 1).doesNotHaveDuplicates();
    }

    private static int ownLoginUid() throws Exception {
        return (int) Long.parseLong(Files.readString(Path.of("/proc/self/loginuid")).strip());
    }

    private Path program() throws Exception {
        Path program = folder.resolve("program");
        return Files.exists(program) ? program : copy("program", 0, 0, 0755);
    }

    private Path copy(String name, int uid, int gid, int mode) throws Exception {
        Path program = Files.copy(trigger("exit_with"), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        Files.setAttribute(program, "unix:uid", uid);
        Files.setAttribute(program, "unix:gid", gid);
        Files.setAttribute(program, "unix:mode", 0100000 | mode);
        return program;
    }

    private SeenExec last() {
        return seen.read().execs.getLast();
    }

    private static boolean writable(SeenExec exec) {
        return (exec.raw().getFlags() & EventBits.EXEC_WRITABLE) != 0;
    }

    private List<String> environment(SeenExec exec) {
        return seen.all(io.kubeguardian.schema.EventBatch::getExecs).stream().filter(e -> e.raw() == exec.raw())
                .flatMap(e -> e.texts(e.raw().getEnvironment()).stream()).toList();
    }
}
