package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.EventBatch;
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

/** Both ends of a connection; its address, port and result are in {@link SensorIT}. */
@KernelTest
class ConnectSensorIT {
    private static final int EINPROGRESS = 115;
    private static final int ECONNREFUSED = 111;
    private static final int TCP = 6;

    @TempDir
    Path folder;

    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
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
    void aConnectionBySendingIsAConnect() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            Ended ended = run(cgroup, trigger("send_to"), "fastopen", "127.0.0.1", server.getLocalPort());

            seen.read();
            assertThat(ended.status()).isZero();
            assertThat(connects()).singleElement().satisfies(connect -> {
                assertThat(connect.text(connect.raw().getAddress())).isEqualTo("127.0.0.1");
                assertThat(connect.raw().getPort()).isEqualTo(server.getLocalPort());
                assertThat(connect.raw().getLocalPort()).isEqualTo(Integer.parseInt(ended.output().strip()));
                assertThat(connect.raw().getResult()).isZero();
                assertThat(connect.raw().getProtocol()).isEqualTo(TCP);
            });
            assertThat(seen.all(EventBatch::getSocketCalls))
                    .noneSatisfy(call -> assertThat(call.text(call.raw().getCall())).isEqualTo("sendto"));
        }
    }

    @Test
    void aConnectUnderWayHasItsLocalEndAlready() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            run(cgroup, trigger("connect_to"), "tcp4", "127.0.0.1", server.getLocalPort(), "nonblock");

            seen.read();
            assertThat(connects()).singleElement().satisfies(connect -> {
                assertThat(connect.raw().getResult()).isEqualTo(-EINPROGRESS);
                assertThat(connect.text(connect.raw().getLocalAddress())).isEqualTo("127.0.0.1");
                assertThat(connect.raw().getLocalPort()).isPositive();
            });
        }
    }

    @Test
    void aConnectionIsWhereTheKernelHasItAndTheAddressGivenIsKept() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            unix.bind(UnixDomainSocketAddress.of(folder.resolve("real")));
            Files.createSymbolicLink(folder.resolve("alias"), folder.resolve("real"));

            run(cgroup, trigger("connect_to"), "tcp4", "0.0.0.0", server.getLocalPort());
            run(cgroup, trigger("connect_to"), "unix", folder.resolve("alias"), 0);

            seen.read();
            assertThat(connects()).extracting(c -> c.text(c.raw().getAddress()), c -> c.text(c.raw().getRawAddress()),
                    c -> c.raw().getRawPort()).containsExactly(
                            tuple("127.0.0.1", "0.0.0.0", server.getLocalPort()),
                            tuple(folder + "/real", folder + "/alias", 0));
        }
    }

    @Test
    void aConnectThatFailsIsSeenWithTheAddressAsked() throws Exception {
        run(cgroup, trigger("connect_to"), "tcp4", "127.0.0.1", 1);

        seen.read();
        assertThat(connects()).singleElement().satisfies(connect -> {
            assertThat(connect.text(connect.raw().getAddress())).isEqualTo("127.0.0.1");
            assertThat(connect.raw().getPort()).isEqualTo(1);
            assertThat(connect.raw().getResult()).isEqualTo(-ECONNREFUSED);
            assertThat(connect.raw().getFd()).isPositive();
            assertThat(connect.raw().getType()).isEqualTo(1);
        });
    }

    private List<Seen<Connect>> connects() {
        return seen.all(EventBatch::getConnects);
    }
}
