package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatch;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@KernelTest
class DupIT {
    private static final int EBADF = 9;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int TCP = 6;
    private static final int UDP = 17;

    @TempDir
    Path folder;

    private final String pod = TestCgroups.randomPod();
    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
        cgroups = TestCgroups.monitored();
        seen = new SensorHarness(cgroups.tree());
        cgroup = cgroups.container(pod, TestCgroups.randomContainer());
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void everyWayToCopyADescriptorIsSeen() throws Exception {
        for (String how : List.of("dup", "dup2", "dup3", "fcntl", "getfl")) {
            run(cgroup, trigger("dup_fd"), how, "/etc/hostname");
        }

        assertThat(dups()).extracting(d -> d.text(d.raw().getCall()), d -> d.raw().getFd(), d -> d.raw().getResult(),
                d -> d.text(d.raw().getFdType()), d -> d.text(d.raw().getPath())).containsExactly(
                        tuple("dup", 3, 4, "file", "/etc/hostname"),
                        tuple("dup2", 3, 0, "file", "/etc/hostname"),
                        tuple("dup3", 3, 30, "file", "/etc/hostname"),
                        tuple("fcntl", 3, 40, "file", "/etc/hostname"));
        assertThat(dups()).allSatisfy(d -> {
            assertThat(d.process(d.raw().getProcess()).podUid()).isEqualTo(pod);
            assertThat(d.raw().getFlags()).isZero();
        });
    }

    @Test
    void whatTheDescriptorIsIsTold() throws Exception {
        for (String what : List.of(folder.toString(), "/dev/null", "pipe", "eventfd", "socketpair", "netlink")) {
            run(cgroup, trigger("dup_fd"), "dup3", what);
        }

        assertThat(dups()).extracting(d -> d.text(d.raw().getFdType()), d -> d.text(d.raw().getPath()),
                d -> d.raw().getType()).containsExactly(
                        tuple("directory", folder.toString(), 0),
                        tuple("file", "/dev/null", 0),
                        tuple("pipe", "", 0),
                        tuple("other", "", 0),
                        tuple("unix", "", SOCK_STREAM),
                        tuple("netlink", "", SOCK_RAW));
    }

    @Test
    void aSocketHasBothItsEnds() throws Exception {
        InetAddress four = InetAddress.getByName("127.0.0.1");
        InetAddress six = Inet6Address.getByName("::1");
        try (ServerSocket server4 = new ServerSocket(0, 5, four); ServerSocket server6 = new ServerSocket(0, 5, six);
                DatagramSocket server = new DatagramSocket(new InetSocketAddress(four, 0))) {
            run(cgroup, trigger("dup_fd"), "dup2", "tcp4", "127.0.0.1", server4.getLocalPort());
            run(cgroup, trigger("dup_fd"), "dup2", "tcp6", "::1", server6.getLocalPort());
            run(cgroup, trigger("dup_fd"), "dup2", "udp4", "127.0.0.1", server.getLocalPort());

            assertThat(dups()).extracting(d -> d.text(d.raw().getFdType()), d -> d.raw().getType(),
                    d -> d.raw().getProtocol(), d -> d.text(d.raw().getLocalAddress()),
                    d -> d.text(d.raw().getRemoteAddress()), d -> d.raw().getRemotePort()).containsExactly(
                            tuple("ipv4", SOCK_STREAM, TCP, "127.0.0.1", "127.0.0.1", server4.getLocalPort()),
                            tuple("ipv6", SOCK_STREAM, TCP, "0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", server6.getLocalPort()),
                            tuple("ipv4", SOCK_DGRAM, UDP, "127.0.0.1", "127.0.0.1", server.getLocalPort()));
            try (Socket accepted = server4.accept()) { // whose other end is the trigger's own
                assertThat(dups().get(0).raw().getLocalPort()).isEqualTo(accepted.getPort());
            }
        }
    }

    @Test
    void aUnixSocketHasThePathOfItsPeer() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path path = folder.resolve("s");
            server.bind(UnixDomainSocketAddress.of(path));

            run(cgroup, trigger("dup_fd"), "dup", "unix", path);

            assertThat(dups()).extracting(d -> d.text(d.raw().getFdType()), d -> d.text(d.raw().getLocalAddress()),
                    d -> d.text(d.raw().getRemoteAddress())).containsExactly(tuple("unix", "", path.toString()));
        }
    }

    @Test
    void aFailedDupIsSeen() throws Exception {
        run(cgroup, trigger("dup_fd"), "fail", "/etc/hostname");

        assertThat(dups()).extracting(d -> d.raw().getFd(), d -> d.raw().getResult(), d -> d.text(d.raw().getFdType()))
                .containsExactly(tuple(99, -EBADF, ""));
    }

    /** The sign of a reverse shell: never behind the rest. */
    @Test
    void onlyASocketOnAStandardDescriptorIsPrecious() throws Exception {
        seen.close();
        seen = SensorHarness.withLittleRoom(cgroups.tree());
        run(cgroup, trigger("open_many"), 500, "/etc/hostname");

        run(cgroup, trigger("dup_fd"), "dup2", "socketpair");
        run(cgroup, trigger("dup_fd"), "dup3", "socketpair");
        run(cgroup, trigger("dup_fd"), "dup2", "/etc/hostname");

        assertThat(dups()).singleElement().satisfies(d -> assertThat(d.raw().getResult()).isZero());
        assertThat(seen.bulkLost()).isGreaterThanOrEqualTo(2);
        assertThat(seen.preciousLost()).isZero();
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        try (TestCgroups other = new TestCgroups()) {
            Path elsewhere = other.container(pod, TestCgroups.randomContainer());

            for (String how : List.of("dup", "dup2", "dup3", "fcntl", "fail")) {
                run(elsewhere, trigger("dup_fd"), how, "/etc/hostname");
            }

            seen.read();
            assertThat(seen.batches).isEmpty();
            assertThat(seen.unreadable()).isZero();
        }
    }

    private List<Seen<Dup>> dups() {
        return seen.read().all(EventBatch::getDups);
    }
}
