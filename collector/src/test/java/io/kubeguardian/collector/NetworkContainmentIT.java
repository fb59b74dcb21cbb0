package io.kubeguardian.collector;

import static io.kubeguardian.collector.ContainedContainer.EPERM;
import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static io.kubeguardian.schema.ContainmentAction.DENY_NETWORK;
import static io.kubeguardian.schema.ContainmentAction.KILL_EXEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kubeguardian.collector.contain.KernelContainment.Stopped;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel does to a contained container's network: all on the loopback device. */
@KernelTest
class NetworkContainmentIT {
    private static final int EAGAIN = 11;
    private static final int ECONNRESET = 104;
    private static final Path BPFTOOL = Path.of("/usr/sbin/bpftool");

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
    void newConnectionsAreRefusedAndSeen() throws Exception {
        container.contain(DENY_NETWORK);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();

            assertThat(connect("tcp4", "127.0.0.1", port)).isEqualTo(EPERM);
            assertThat(connect("tcp6", "::1", port)).isEqualTo(EPERM);
            assertThat(connect("udp4", "127.0.0.1", port)).isEqualTo(EPERM);
            assertThat(connect("udp6", "::1", port)).isEqualTo(EPERM);

            container.seen.read();
            assertThat(container.seen.connects).hasSize(2).allSatisfy(connect -> {
                assertThat(connect.raw().getFlags()).isEqualTo(EventBits.CONNECT_REFUSED);
                assertThat(connect.raw().getResult()).isEqualTo(-EPERM);
                assertThat(connect.raw().getPort()).isEqualTo(port);
                assertThat(connect.process().comm()).isEqualTo("connect_to");
            });
            assertThat(container.seen.connects).extracting(SensorHarness.SeenConnect::address)
                    .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1");
            assertThat(container.seen.all(EventBatch::getSocketCalls).stream()
                    .filter(call -> call.text(call.raw().getCall()).equals("sendto")))
                    .extracting(send -> send.text(send.raw().getRemoteAddress()), send -> send.raw().getFlags())
                    .containsExactly(tuple("127.0.0.1", EventBits.SOCKET_REFUSED),
                            tuple("0:0:0:0:0:0:0:1", EventBits.SOCKET_REFUSED));
            assertThat(container.stopped()).isEqualTo(new Stopped(0, 0, 0, 4, 0));
        }
    }

    @Test
    void theContainerBesideAndLocalSocketsAreLeftAlone() throws Exception {
        container.contain(DENY_NETWORK);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int status = run(container.sibling, trigger("connect_to"), "tcp4", "127.0.0.1", server.getLocalPort()).status();

            assertThat(status).isZero();
            assertThat(run(container.cgroup, trigger("connect_to"), "unix", "/nowhere/socket", 0).status())
                    .isEqualTo(2); // ENOENT, not EPERM
        }
    }

    @Test
    void aConnectionMadeByIoUringIsRefusedToo() throws Exception {
        container.contain(DENY_NETWORK);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int status = run(container.cgroup, trigger("uring_connect"), "127.0.0.1", server.getLocalPort()).status();

            Assumptions.assumeTrue(status != 125, "no io_uring here");
            assertThat(status).isEqualTo(EPERM);
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp4, 127.0.0.1", "tcp6, ::1"})
    void anEstablishedConnectionIsCutAndGoesOnAfterTheRelease(String kind, String address) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName(address));
                Talker talker = new Talker(container.cgroup, kind, address, server.getLocalPort());
                Socket peer = server.accept()) {
            talker.ready();
            assertThat(talker.send()).isZero();
            assertThat(peer.getInputStream().read()).isEqualTo('x');

            container.contain(DENY_NETWORK);
            talker.send();
            peer.getOutputStream().write('y');

            Stopped stopped = container.stopped(); // with LSM programs the send is refused before there is a packet
            assertThat(stopped.connectionsRefused() + stopped.packetsRefused()).isGreaterThanOrEqualTo(2);
            assertThat(stopped.packetsRefused()).isPositive();
            assertThat(peer.getInputStream().available()).isZero();
            assertThat(talker.receive()).isEqualTo(EAGAIN);
            container.release();
            if (container.problem("contain.network-lsm").isEmpty()) {
                assertThat(talker.send()).isZero(); // there the byte before was refused at once, not queued
            }
            assertThat(peer.getInputStream().read()).isEqualTo('x');
        }
    }

    @ParameterizedTest
    @CsvSource({"udp4, 127.0.0.1", "udp6, ::1"})
    void aConnectedDatagramSocketIsCutBothWaysAndGoesOnAfterTheRelease(String kind, String address) throws Exception {
        try (DatagramSocket peer = new DatagramSocket(0, InetAddress.getByName(address));
                Talker talker = new Talker(container.cgroup, kind, address, peer.getLocalPort()).ready()) {
            assertThat(talker.send()).isZero();
            DatagramPacket received = new DatagramPacket(new byte[1], 1);
            peer.receive(received);

            container.contain(DENY_NETWORK);
            int sent = talker.send();
            peer.send(new DatagramPacket(new byte[1], 1, received.getSocketAddress()));

            assertThat(sent).isEqualTo(EPERM);
            assertThat(talker.receive()).isEqualTo(EAGAIN);
            assertThat(container.stopped().packetsRefused()).isPositive();
            container.release();
            assertThat(talker.send()).isZero();
            peer.receive(received);
        }
    }

    @ParameterizedTest
    @CsvSource({"raw4, 127.0.0.1", "raw6, ::1"})
    void aRawSocketIsCut(String kind, String address) throws Exception {
        try (Talker talker = new Talker(container.cgroup, kind, address, 253).ready()) { // RFC 3692: for experiments
            assertThat(talker.send()).isZero();
            assertThat(talker.receive()).isZero(); // its own, as raw sockets do

            container.contain(DENY_NETWORK);

            assertThat(talker.send()).isEqualTo(EPERM);
            assertThat(talker.receive()).isEqualTo(EAGAIN);
            container.release();
            assertThat(talker.send()).isZero();
        }
    }

    /** The kernel asks no cgroup program about their connect(2). */
    @ParameterizedTest
    @CsvSource({"raw4, 127.0.0.1", "raw6, ::1"})
    void aRawSocketIsNotConnectedWhereLsmProgramsRun(String kind, String address) throws Exception {
        assumeLsm();
        container.contain(DENY_NETWORK);

        try (Talker talker = new Talker(container.cgroup, kind, address, 253)) {
            assertThat(talker.line()).isEqualTo("connect: Operation not permitted");
        }
        assertThat(container.stopped()).isEqualTo(new Stopped(0, 0, 0, 1, 0));
    }

    @Test
    void aSocketToTheHypervisorIsNotConnectedWhereLsmProgramsRun() throws Exception {
        assumeLsm();
        int local = 1; // VMADDR_CID_LOCAL, vsock(7)
        int before = connect("vsock", "" + local, 4444);
        Assumptions.assumeTrue(before != 254, "no vsock here");
        assertThat(before).isEqualTo(ECONNRESET); // nobody listens
        container.contain(DENY_NETWORK);

        int status = connect("vsock", "" + local, 4444);

        assertThat(status).isEqualTo(EPERM);
        assertThat(container.stopped()).isEqualTo(new Stopped(0, 0, 0, 1, 0));
    }

    private void assumeLsm() {
        String problem = container.problem("contain.network-lsm");
        Assumptions.assumeTrue(problem.isEmpty(), problem);
    }

    @Test
    void aPacketSocketIsCutWhereLsmProgramsRun() throws Exception {
        assumeLsm();
        try (Talker talker = new Talker(container.cgroup, "packet", "-", 0).ready()) {
            container.contain(DENY_NETWORK);

            assertThat(talker.send()).isEqualTo(EPERM);
        }
    }

    @Test
    void nobodyReachesAServerInside() throws Exception {
        try (Talker server = new Talker(container.cgroup, "listen4", "127.0.0.1", 0)) {
            int port = Integer.parseInt(server.line().substring("listening ".length()));
            container.contain(DENY_NETWORK);
            try (Socket client = new Socket()) {
                var refused = org.assertj.core.api.Assertions.catchThrowable(
                        () -> client.connect(new InetSocketAddress("127.0.0.1", port), 300));

                assertThat(refused).isInstanceOf(java.net.SocketTimeoutException.class);
                assertThat(container.stopped().packetsRefused()).isPositive();
            }
            container.release();
            try (Socket client = new Socket("127.0.0.1", port)) {
                server.ready();
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.0/8", "127.0.0.1/tcp", "127.0.0.1:PORT", "127.0.0.1:PORT/tcp", "0.0.0.0/0"})
    void anExceptedDestinationIsReachedAndStaysConnected(String exception) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            container.containExceptDestinations(List.of("10.9.9.9", exception.replace("PORT", "" + server.getLocalPort())),
                    DENY_NETWORK);

            try (Talker talker = new Talker(container.cgroup, "tcp4", "127.0.0.1", server.getLocalPort());
                    Socket peer = server.accept()) {
                talker.ready();
                assertThat(talker.send()).isZero();
                assertThat(peer.getInputStream().read()).isEqualTo('x');
                peer.getOutputStream().write('y');
            }
            assertThat(container.stopped()).isEqualTo(new Stopped(0, 0, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "127.0.0.1/udp", "127.0.0.1:1", "127.0.0.1:PORT/udp", "127.0.0.2", "126.0.0.0/8", "::/0", "::1", "127.0.0.0/32"
    })
    void everyOtherDestinationIsRefused(String exception) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            container.containExceptDestinations(List.of(exception.replace("PORT", "" + server.getLocalPort())),
                    DENY_NETWORK);

            int status = connect("tcp4", "127.0.0.1", server.getLocalPort());

            assertThat(status).isEqualTo(EPERM);
        }
    }

    @ParameterizedTest
    @CsvSource({"::1, 0", "[::1]:PORT/tcp, 0", "::/0, 0", "fe80::/10, 1", "127.0.0.0/8, 1", "0.0.0.0/0, 1"})
    void exceptionsOfIpv6AreOfIpv6Alone(String exception, int status) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            container.containExceptDestinations(List.of(exception.replace("PORT", "" + server.getLocalPort())),
                    DENY_NETWORK);

            int connected = connect("tcp6", "::1", server.getLocalPort());

            assertThat(connected).isEqualTo(status);
        }
    }

    @Test
    void ipv4InsideIpv6IsIpv4() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            container.containExceptDestinations(List.of("127.0.0.1"), DENY_NETWORK);

            int excepted = connect("tcp6", "::ffff:127.0.0.1", server.getLocalPort());

            assertThat(excepted).isZero();
            container.containExceptDestinations(List.of("::/0"), DENY_NETWORK);
            assertThat(connect("tcp6", "::ffff:127.0.0.1", server.getLocalPort())).isEqualTo(EPERM);
        }
    }

    @Test
    void ofSeveralExceptionsAnyMayFit() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            // the longest prefix alone would say no: it names another port
            container.containExceptDestinations(List.of("127.0.0.1:1/tcp", "127.0.0.0/8:" + server.getLocalPort()),
                    DENY_NETWORK);

            int status = connect("tcp4", "127.0.0.1", server.getLocalPort());

            assertThat(status).isZero();
        }
    }

    /** Inside the pod it is enough that one end is excepted: else a server could not answer. */
    @Test
    void anExceptedServiceInsideThePodIsServed() throws Exception {
        try (Talker server = new Talker(container.cgroup, "listen4", "127.0.0.1", 0)) {
            String port = server.line().substring("listening ".length());
            container.containExceptDestinations(List.of("127.0.0.1:" + port + "/tcp"), DENY_NETWORK);

            try (Socket client = new Socket("127.0.0.1", Integer.parseInt(port))) {
                server.ready();
                assertThat(server.send()).isZero();
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
        }
    }

    @Test
    void anExceptedDatagramGoesOutAndItsAnswerComesIn() throws Exception {
        try (DatagramChannel peer = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0))) {
            int port = ((InetSocketAddress) peer.getLocalAddress()).getPort();
            container.containExceptDestinations(List.of("127.0.0.1:" + port + "/udp"), DENY_NETWORK);

            try (Talker talker = new Talker(container.cgroup, "udp4", "127.0.0.1", port).ready()) {
                assertThat(talker.send()).isZero();
                var sender = peer.receive(ByteBuffer.allocate(1));
                peer.send(ByteBuffer.allocate(1), sender);
                assertThat(talker.receive()).isZero();
            }
            assertThat(connect("udp4", "127.0.0.1", port + 1)).isEqualTo(EPERM);
        }
    }

    @Test
    void withoutADenialOfTheNetworkNothingIsLookedAt() throws Exception {
        Assumptions.assumeTrue(Files.exists(BPFTOOL), "no bpftool here");
        container.contain(KILL_EXEC);
        int before = programsAtRoot();

        container.contain(KILL_EXEC, DENY_NETWORK);

        assertThat(programsAtRoot()).isEqualTo(before + 6);
        container.release();
        assertThat(programsAtRoot()).isEqualTo(before);
    }

    /** Programs attached to the monitored cgroup, as bpftool lists them. */
    private int programsAtRoot() throws Exception {
        Process bpftool = new ProcessBuilder(BPFTOOL.toString(), "cgroup", "list", SharedSensor.root().toString(), "-j")
                .start();
        String listed = new String(bpftool.getInputStream().readAllBytes());
        bpftool.waitFor();
        return listed.split("\"attach_type\"", -1).length - 1;
    }

    private int connect(String kind, String address, int port) throws Exception {
        return run(container.cgroup, trigger("connect_to"), kind, address, port).status();
    }
}
