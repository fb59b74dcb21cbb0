package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.SensorMode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@KernelTest
class SensorIT {
    private static final int ENOENT = 2;
    private static final int ECONNREFUSED = 111;
    private static final int EISCONN = 106;

    @TempDir
    Path folder;

    private final String pod = TestCgroups.randomPod();
    private final String container = TestCgroups.randomContainer();
    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
        cgroups = TestCgroups.monitored();
        seen = new SensorHarness(cgroups.tree());
        cgroup = cgroups.container(pod, container);
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void execIsSeenWithProgramArgumentsDirectoryAndParent() throws Exception {
        Ended ended = run(cgroup, trigger("exit_with"), 7, "two words", "", "ünï");

        seen.read();
        assertThat(ended.status()).isEqualTo(7);
        assertThat(seen.execs).singleElement().satisfies(exec -> {
            assertThat(exec.exe()).isEqualTo(trigger("exit_with").toString());
            assertThat(exec.args()).containsExactly(trigger("exit_with").toString(), "7", "two words", "", "ünï");
            assertThat(exec.cwd()).isEqualTo("/");
            assertThat(exec.raw().getParentPid()).isEqualTo((int) ProcessHandle.current().pid());
            assertThat(exec.raw().getParentStartTime()).isPositive().isLessThan(exec.process().startTime());
            assertThat(exec.flags()).isZero();
            assertThat(exec.process().pid()).isEqualTo((int) ended.pid());
            assertThat(exec.process().containerPid()).isEqualTo((int) ended.pid());
            assertThat(exec.process().comm()).isEqualTo("exit_with");
            assertThat(exec.process().uid()).isZero();
            assertThat(exec.process().podUid()).isEqualTo(pod);
            assertThat(exec.process().containerId()).isEqualTo(container);
        });
        assertThat(seen.batches).allSatisfy(batch -> assertThat(Math.abs(
                batch.getBaseTime() / 1_000_000 - System.currentTimeMillis())).isLessThan(60_000));
    }

    @Test
    void longArgumentsAreCutAndFlagged() throws Exception {
        run(cgroup, trigger("exit_with"), 0, "x".repeat(5000));

        seen.read();
        assertThat(seen.execs).singleElement().satisfies(exec -> {
            assertThat(exec.flags()).isEqualTo(EventBits.EXEC_ARGS_TRUNCATED);
            assertThat(String.join("\0", exec.args())).hasSize(4096).endsWith("xxx");
        });
    }

    @Test
    void aProgramInAMemfdIsFlagged() throws Exception {
        run(cgroup, trigger("exec_memfd"), trigger("exit_with"));

        seen.read();
        assertThat(seen.execs).hasSize(2);
        assertThat(seen.execs.get(1).exe()).isEqualTo("/memfd:dropper");
        assertThat(seen.execs.get(1).flags()).isEqualTo(EventBits.EXEC_MEMFD);
    }

    @Test
    void aProgramFromTheWritableLayerIsFlaggedAndOneFromTheImageIsNot() throws Exception {
        for (String layer : List.of("lower", "upper", "work", "merged")) {
            Files.createDirectory(folder.resolve(layer));
        }
        Files.copy(trigger("exit_with"), folder.resolve("lower/image"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Path tmpfs = folder.resolve("work"); // overlayfs wants its upper layer on a file system with extended attributes
        String script = "mount -t tmpfs none " + tmpfs + " && mkdir " + tmpfs + "/u " + tmpfs + "/w && mount -t overlay -o "
                + "lowerdir=" + folder + "/lower,upperdir=" + tmpfs + "/u,workdir=" + tmpfs + "/w none " + folder
                + "/merged && cp " + trigger("exit_with") + ' ' + folder + "/merged/dropped && " + folder
                + "/merged/image && " + folder + "/merged/dropped";

        Ended ended = run(cgroup, Path.of("/usr/bin/unshare"), "-m", "/bin/sh", "-c", script);

        seen.read();
        org.junit.jupiter.api.Assumptions.assumeTrue(ended.status() == 0, "no overlayfs here: " + ended.output());
        assertThat(seen.execs).filteredOn(e -> e.exe().endsWith("/merged/image"))
                .singleElement().satisfies(e -> assertThat(e.flags()).isZero());
        assertThat(seen.execs).filteredOn(e -> e.exe().endsWith("/merged/dropped")).singleElement()
                .satisfies(e -> assertThat(e.flags()).isEqualTo(EventBits.EXEC_UPPER_LAYER));
    }

    @Test
    void pathsAreThoseOfTheProcessAfterChroot() throws Exception {
        Files.copy(trigger("open_file"), folder.resolve("program"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(folder.resolve("secret"), "");

        run(cgroup, Path.of("/usr/sbin/chroot"), folder, "/program", "cd", "secret", "/");

        seen.read();
        assertThat(seen.execs).last().satisfies(exec -> assertThat(exec.exe()).isEqualTo("/program"));
        assertThat(seen.opens).last().satisfies(open -> assertThat(open.path()).isEqualTo("/secret"));
    }

    @Test
    void pidsAreThoseOfBothNamespaces() throws Exception {
        run(cgroup, Path.of("/usr/bin/unshare"), "--fork", "--pid", trigger("exit_with"), 4);

        seen.read();
        assertThat(seen.forks).singleElement().satisfies(fork -> {
            assertThat(fork.raw().getChildContainerPid()).isEqualTo(1);
            assertThat(fork.raw().getChildPid()).isGreaterThan(1);
        });
        assertThat(seen.execs).filteredOn(e -> e.process().comm().equals("exit_with")).singleElement().satisfies(exec -> {
            assertThat(exec.process().containerPid()).isEqualTo(1);
            assertThat(exec.process().pid()).isEqualTo(seen.forks.get(0).raw().getChildPid());
        });
    }

    @Test
    void forkAndExitOfTheChildAreSeen() throws Exception {
        Ended ended = run(cgroup, trigger("fork_child"), 9);

        seen.read();
        int child = Integer.parseInt(ended.output().strip());
        assertThat(seen.forks).singleElement().satisfies(fork -> {
            assertThat(fork.process().pid()).isEqualTo((int) ended.pid());
            assertThat(fork.raw().getChildPid()).isEqualTo(child);
            assertThat(fork.raw().getChildStartTime()).isGreaterThan(fork.process().startTime());
        });
        assertThat(seen.exits).extracting(e -> e.process().pid(), e -> e.raw().getStatus()).containsExactlyInAnyOrder(
                org.assertj.core.groups.Tuple.tuple(child, 9 << 8),
                org.assertj.core.groups.Tuple.tuple((int) ended.pid(), 0));
    }

    @Test
    void threadsAreNoProcessesAndTheLastOneEndsTheProcess() throws Exception {
        Ended ended = run(cgroup, trigger("threads"));

        seen.read();
        assertThat(seen.forks).isEmpty();
        assertThat(seen.exits).singleElement().satisfies(exit -> {
            assertThat(exit.process().pid()).isEqualTo((int) ended.pid());
            assertThat(exit.raw().getStatus()).isEqualTo(5 << 8);
        });
    }

    @Test
    void everyWayToOpenAFileIsSeen() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (String how : List.of("open", "openat", "openat2")) {
            run(cgroup, trigger("open_file"), how, file);
        }

        run(cgroup, trigger("open_file"), "creat", folder.resolve("new"));

        seen.read();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path)
                .containsExactly(file.toString(), file.toString(), file.toString(), folder + "/new");
        assertThat(seen.opens).allSatisfy(open -> {
            assertThat(open.raw().getResult()).isNotNegative();
            assertThat(open.raw().getPathFlags()).isZero();
        });
        assertThat(seen.opens).extracting(o -> o.raw().getFlags()).containsExactly(0, 0, 0400000, 01101);
        assertThat(seen.opens).extracting(o -> o.raw().getMode()).containsExactly(0, 0, 0, 0640);
    }

    @Test
    void relativePathsAndLinksAreSeenAsWhatTheyOpen() throws Exception {
        Path secrets = Files.createDirectories(folder.resolve("run/secrets"));
        Files.writeString(secrets.resolve("token"), "");
        Files.createSymbolicLink(folder.resolve("innocent"), secrets.resolve("token"));

        run(cgroup, trigger("open_file"), "cd", "token", secrets);
        run(cgroup, trigger("open_file"), "at", "../secrets/./token", secrets);
        run(cgroup, trigger("open_file"), "open", folder.resolve("innocent"));

        seen.read();
        assertThat(seen.opens).filteredOn(o -> !o.path().equals(secrets.toString()))
                .extracting(SensorHarness.SeenOpen::path).containsExactly(
                        secrets + "/token", secrets + "/token", secrets + "/token");
    }

    @Test
    void failedOpensAreSeenWithTheAbsolutePathAsked() throws Exception {
        run(cgroup, trigger("open_file"), "cd", "no/../such", folder);
        run(cgroup, trigger("open_file"), "at", "missing", folder);
        run(cgroup, trigger("open_file"), "open", "/not/../there");

        seen.read();
        assertThat(seen.opens).filteredOn(o -> o.raw().getResult() < 0).extracting(SensorHarness.SeenOpen::path)
                .containsExactly(folder + "/such", folder + "/missing", "/there");
        assertThat(seen.opens).filteredOn(o -> o.raw().getResult() < 0)
                .allSatisfy(o -> assertThat(o.raw().getResult()).isEqualTo(-ENOENT));
    }

    @Test
    void aPathTooLongForTheKernelIsCutAndFlagged() throws Exception {
        run(cgroup, trigger("open_file"), "open", "/" + "y/".repeat(3000));

        seen.read();
        assertThat(seen.opens).singleElement().satisfies(open -> {
            assertThat(open.raw().getPathFlags()).isEqualTo(EventBits.OPEN_PATH_TRUNCATED);
            assertThat(open.path()).hasSize(4094); // without the slash at its end
        });
    }

    @Test
    void connectionsAreSeenWithAddressPortAndResult() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = folder.resolve("s");
            unix.bind(UnixDomainSocketAddress.of(socket));
            int port = server.getLocalPort();

            run(cgroup, trigger("connect_to"), "tcp4", "127.0.0.1", port);
            run(cgroup, trigger("connect_to"), "tcp6", "::1", 1);
            run(cgroup, trigger("connect_to"), "unix", socket, 0);

            seen.read();
            assertThat(seen.connects).extracting(c -> c.raw().getFamily(), SensorHarness.SeenConnect::address,
                    c -> c.raw().getPort(), c -> c.raw().getResult(), c -> c.raw().getFlags()).containsExactly(
                            org.assertj.core.groups.Tuple.tuple(2, "127.0.0.1", port, 0, 0),
                            org.assertj.core.groups.Tuple.tuple(10, "0:0:0:0:0:0:0:1", 1, -ECONNREFUSED, 0),
                            org.assertj.core.groups.Tuple.tuple(1, socket.toString(), 0, 0, 0));
        }
    }

    @Test
    void thirtyTwoBitCallsAreSeenLikeOthers() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();

            Ended ended = run(cgroup, trigger("compat32"), "/etc/hostname", port);

            org.junit.jupiter.api.Assumptions.assumeTrue(ended.status() != 2, "no 32-bit calls on this kernel");
            seen.read();
            assertThat(ended.status()).isZero();
            assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path).containsExactly("/etc/hostname");
            assertThat(seen.connects).extracting(SensorHarness.SeenConnect::address, c -> c.raw().getPort(),
                    c -> c.raw().getResult()).containsExactly(
                            org.assertj.core.groups.Tuple.tuple("127.0.0.1", port, 0),
                            org.assertj.core.groups.Tuple.tuple("127.0.0.1", port, -EISCONN));
        }
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        try (TestCgroups other = new TestCgroups()) {
            Path elsewhere = other.container(pod, container);

            run(elsewhere, trigger("exec_into"), trigger("open_file"), "open", "/etc/hostname");
            for (String how : List.of("open", "openat", "openat2", "creat")) {
                run(elsewhere, trigger("open_file"), how, folder.resolve("new"));
            }
            run(elsewhere, trigger("connect_to"), "tcp4", "127.0.0.1", 1);
            run(elsewhere, trigger("connect_to"), "unix", folder.resolve("s"), 0);
            run(elsewhere, trigger("send_to"), "fastopen", "127.0.0.1", 1);
            run(elsewhere, trigger("compat32"), "/etc/hostname", 1);
            run(elsewhere, trigger("fork_child"), 0);

            seen.read();
            // What the kernel told of: the cgroups that this test made in the monitored tree, and nothing else.
            assertThat(seen.batches).isEmpty();
            assertThat(seen.unreadable()).isZero();
        }
    }

    @Test
    void aContainerThatLivesForAMomentIsAttributed() throws Exception {
        String shortPod = TestCgroups.randomPod();
        String shortContainer = TestCgroups.randomContainer();
        Path moment = cgroups.container(shortPod, shortContainer);
        run(moment, trigger("open_file"), "open", "/etc/hostname");

        cgroups.remove(moment);

        seen.read();
        assertThat(seen.execs).singleElement().satisfies(exec -> {
            assertThat(exec.process().podUid()).isEqualTo(shortPod);
            assertThat(exec.process().containerId()).isEqualTo(shortContainer);
        });
        assertThat(seen.opens).singleElement()
                .satisfies(open -> assertThat(open.process().containerId()).isEqualTo(shortContainer));
        assertThat(seen.cgroups.counts().failures()).isZero();
    }

    @Test
    void whatARingCannotTakeIsCounted() throws Exception {
        seen.close();
        seen = SensorHarness.withLittleRoom(cgroups.tree());
        int count = 500;

        run(cgroup, trigger("open_many"), count, "/etc/hostname");

        seen.read();
        assertThat(seen.bulkLost()).isPositive();
        assertThat(seen.opens.size() + seen.bulkLost()).isEqualTo(count);
        assertThat(seen.preciousLost()).isZero();
        assertThat(seen.execs).hasSize(1);
    }

    @Test
    void whatTheKernelRefusesIsNamed() {
        List<SensorMode> modes = seen.sensor.modes();

        assertThat(modes).extracting(SensorMode::getSensor).contains("exec", "fork", "exit", "open", "connect", "cgroup",
                "contain.exec", "contain.deny-exec", "contain.network", "contain.deny-open");
        assertThat(modes).filteredOn(m -> List.of("exec", "fork", "exit", "open", "connect", "cgroup", "contain.exec",
                "contain.network").contains(m.getSensor())).allSatisfy(mode -> {
                    assertThat(mode.getProblem()).isEmpty();
                    assertThat(mode.getHook()).isNotEmpty();
                });
        // Either this kernel takes the LSM program, or it says that it does not: never neither.
        assertThat(modes).filteredOn(m -> m.getSensor().equals("contain.deny-exec")).singleElement()
                .satisfies(mode -> assertThat(mode.getHook().isEmpty()).isNotEqualTo(mode.getProblem().isEmpty()));
    }
}
