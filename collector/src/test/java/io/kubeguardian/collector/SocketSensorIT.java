package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.Authority;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.SensorMode;
import io.kubeguardian.schema.SocketCall;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets and what is done with them, besides {@link ConnectSensorIT}. */
@KernelTest
class SocketSensorIT {
    private static final int EPERM = 1;
    private static final int EPROTONOSUPPORT = 93;
    private static final int EADDRNOTAVAIL = 99;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir
    Path folder;

    private final String container = TestCgroups.randomContainer();
    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
        cgroups = TestCgroups.monitored();
        seen = new SensorHarness(cgroups.tree());
        cgroup = cgroups.container(TestCgroups.randomPod(), container);
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void socketsAreSeenWithDomainTypeAndProtocol() throws Exception {
        int cloexec = 02000000;
        int everyProtocol = 0x0300; // htons(ETH_P_ALL)

        run(cgroup, trigger("open_socket"), 2, 1 | cloexec, 0);
        run(cgroup, trigger("open_socket"), 10, 2, 0);
        run(cgroup, trigger("open_socket"), 2, 3, 1);
        run(cgroup, trigger("open_socket"), 17, 3, everyProtocol);
        run(cgroup, trigger("open_socket"), 16, 3, 0);

        seen.read();
        assertThat(calls("socket")).extracting(s -> s.raw().getFamily(), s -> s.raw().getType(), s -> s.raw().getProtocol())
                .containsExactly(tuple(2, 1, TCP), tuple(10, 2, UDP), tuple(2, 3, 1), tuple(17, 3, everyProtocol),
                        tuple(16, 3, 0));
        assertThat(calls("socket")).allSatisfy(socket -> {
            assertThat(socket.raw().getFd()).isEqualTo(socket.raw().getResult()).isPositive();
            assertThat(socket.process(socket.raw().getProcess()).comm()).isEqualTo("open_socket");
            assertThat(socket.process(socket.raw().getProcess()).containerId()).isEqualTo(container);
        });
    }

    @Test
    void aSocketThatIsNotToBeHadIsSeen() throws Exception {
        run(cgroup, trigger("open_socket"), 2, 1, 99);

        seen.read();
        assertThat(calls("socket")).singleElement().satisfies(socket -> {
            assertThat(socket.raw().getResult()).isEqualTo(-EPROTONOSUPPORT);
            assertThat(socket.raw().getFd()).isEqualTo(-1);
            assertThat(socket.raw().getProtocol()).isEqualTo(99);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"accept 4 127.0.0.1", "accept4 6 ::1"})
    void aServersCallsAreSeenWithBothEnds(String how) throws Exception {
        List<String> arguments = List.of(how.split(" "));
        String address = InetAddress.getByName(arguments.get(2)).getHostAddress();

        Ended ended = run(cgroup, trigger("serve_once"), arguments.get(0), arguments.get(1), arguments.get(2), 0);

        seen.read();
        List<Integer> said = said(ended);
        int port = said.get(0);
        int clientPort = said.get(1);
        assertThat(calls("bind")).singleElement().satisfies(bind -> {
            assertThat(local(bind)).isEqualTo(address + ' ' + port);
            assertThat(remote(bind)).isEqualTo(" 0");
            assertThat(bind.raw().getFd()).isEqualTo(said.get(2));
            assertThat(bind.raw().getResult()).isZero();
        });
        assertThat(calls("listen")).singleElement().satisfies(listen -> {
            assertThat(local(listen)).isEqualTo(address + ' ' + port);
            assertThat(listen.raw().getSize()).isEqualTo(7);
            assertThat(listen.raw().getFd()).isEqualTo(said.get(2));
        });
        assertThat(calls(arguments.get(0))).singleElement().satisfies(accept -> { // not the one that nobody came for
            assertThat(local(accept)).isEqualTo(address + ' ' + port);
            assertThat(remote(accept)).isEqualTo(address + ' ' + clientPort);
            assertThat(accept.raw().getFd()).isEqualTo(said.get(2));
            assertThat(accept.raw().getResult()).isEqualTo(said.get(4));
            assertThat(accept.raw().getType()).isEqualTo(1);
            assertThat(accept.raw().getProtocol()).isEqualTo(TCP);
        });
        assertThat(connects()).singleElement().satisfies(connect -> {
            assertThat(connect.text(connect.raw().getAddress())).isEqualTo(address);
            assertThat(connect.raw().getPort()).isEqualTo(port);
            assertThat(connect.text(connect.raw().getLocalAddress())).isEqualTo(address);
            assertThat(connect.raw().getLocalPort()).isEqualTo(clientPort);
            assertThat(connect.raw().getFd()).isEqualTo(said.get(3));
            assertThat(connect.raw().getType()).isEqualTo(1);
            assertThat(connect.raw().getProtocol()).isEqualTo(TCP);
            assertThat(connect.raw().getRawAddress()).isZero();
        });
    }

    @Test
    void unixSocketsHaveAbsoluteAndAbstractNames() throws Exception {
        String name = "kubeguardian-test-" + container;

        run(cgroup, trigger("serve_once"), "accept", "unix", folder.resolve("s"), 0);
        run(cgroup, trigger("serve_once"), "accept", "abstract", name, 0);

        seen.read();
        assertThat(calls("bind")).extracting(SocketSensorIT::local).containsExactly(folder + "/s 0", "@" + name + " 0");
        assertThat(calls("accept")).extracting(s -> s.raw().getFamily()).containsExactly(1, 1);
        assertThat(connects()).extracting(c -> c.text(c.raw().getAddress()), c -> c.raw().getType())
                .containsExactly(tuple(folder + "/s", 1), tuple("@" + name, 1));
    }

    @Test
    void aBindThatFailsIsSeenWithTheAddressAsked() throws Exception {
        run(cgroup, trigger("bind_to"), "192.0.2.1", 53);

        seen.read();
        assertThat(calls("bind")).singleElement().satisfies(bind -> {
            assertThat(local(bind)).isEqualTo("192.0.2.1 53");
            assertThat(bind.raw().getResult()).isEqualTo(-EADDRNOTAVAIL);
            assertThat(bind.raw().getProtocol()).isEqualTo(UDP);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sendto", "sendmsg", "sendmmsg"})
    void aDatagramsDestinationIsToldOnceASocket(String call) throws Exception {
        Ended ended = run(cgroup, trigger("send_to"), call, "127.0.0.1", 9, 10);
        run(cgroup, trigger("send_to"), call, "::1", 9);

        seen.read();
        assertThat(calls(call)).extracting(SocketSensorIT::remote)
                .containsExactly("127.0.0.1 9", "127.0.0.1 10", "0:0:0:0:0:0:0:1 9");
        assertThat(calls(call)).allSatisfy(send -> {
            assertThat(send.raw().getType()).isEqualTo(2);
            assertThat(send.raw().getProtocol()).isEqualTo(UDP);
            assertThat(send.raw().getSize()).isEqualTo(5);
            assertThat(send.raw().getFlags()).isZero();
            assertThat(send.raw().getFd()).isPositive();
        });
        assertThat(calls(call).get(0).raw().getLocalPort()).isEqualTo(said(ended).get(0));
        assertThat(calls(call).get(0).raw().getResult()).isEqualTo(call.equals("sendmmsg") ? 4 : 5);
        assertThat(seen.sendsRepeated()).isEqualTo(3);
    }

    @Test
    void aServersAnswersAreToldOnceAClient() throws Exception {
        int port = freeUdpPort();

        run(cgroup, trigger("send_to"), "bound", "127.0.0.1", port, 9, 10);

        seen.read();
        assertThat(calls("sendto")).singleElement().satisfies(send -> {
            assertThat(remote(send)).isEqualTo("127.0.0.1 " + port);
            assertThat(local(send)).isEqualTo("127.0.0.1 " + port);
        });
        assertThat(seen.sendsRepeated()).isEqualTo(5);
    }

    @Test
    void aDestinationThatTheRingHadNoRoomForIsNotTakenAsTold() throws Exception {
        seen.close();
        seen = SensorHarness.withLittleRoom(cgroups.tree());
        int ports = 100;
        List<Object> arguments = new ArrayList<>(List.of("sendto", "127.0.0.1"));
        IntStream.range(1000, 1000 + ports).forEach(arguments::add);

        run(cgroup, trigger("send_to"), arguments.toArray());

        seen.read();
        int told = calls("sendto").size();
        assertThat(told).isPositive().isLessThan(ports);
        assertThat(seen.sendsRepeated()).isEqualTo(told); // the second send to each
        assertThat(seen.bulkLost()).isEqualTo(2 * (ports - told)); // both sends to each of the others
    }

    @Test
    void anAddressWithoutAFamilyIsOneOfIpv4() throws Exception {
        run(cgroup, trigger("send_to"), "unspec", "127.0.0.1", 9);

        seen.read();
        assertThat(calls("sendto")).extracting(SocketSensorIT::remote).containsExactly("127.0.0.1 9");
    }

    @Test
    void aConnectedSocketsSendElsewhereIsSeen() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            int port = server.getLocalPort();

            run(cgroup, trigger("send_to"), "connected", "127.0.0.1", port, 9);

            seen.read();
            assertThat(connects()).extracting(c -> c.raw().getPort(), c -> c.raw().getType()).containsExactly(tuple(port, 2));
            assertThat(calls("sendto")).extracting(SocketSensorIT::remote)
                    .containsExactly("127.0.0.1 " + port, "127.0.0.1 9");
        }
    }

    @Test
    void datagramsToAUnixSocketAreSeen() throws Exception {
        run(cgroup, trigger("send_to"), "sendto", folder.resolve("nobody"), 0);

        seen.read();
        assertThat(calls("sendto")).singleElement().satisfies(send -> {
            assertThat(remote(send)).isEqualTo(folder + "/nobody 0");
            assertThat(send.raw().getFamily()).isEqualTo(1);
            assertThat(send.raw().getResult()).isEqualTo(-2);
        });
    }

    @Test
    void aRelativeNameStartsAtTheWorkingDirectoryAndIsFlaggedWhenThatIsTooDeep() throws Exception {
        Path deep = Files.createDirectories(folder.resolve("d/".repeat(150)));

        runIn(folder, trigger("send_to"), "sendto", "nobody", 0);
        runIn(deep, trigger("send_to"), "sendto", "nobody", 0);
        runIn(deep, trigger("connect_to"), "unix", "nobody", 0);

        seen.read();
        assertThat(calls("sendto")).extracting(SocketSensorIT::remote, s -> s.raw().getFlags()).containsExactly(
                tuple(folder + "/nobody 0", 0),
                tuple("/d".repeat(128) + "/nobody 0", EventBits.SOCKET_ADDRESS_TRUNCATED));
        assertThat(connects()).extracting(c -> c.text(c.raw().getAddress()), c -> c.raw().getFlags()).containsExactly(
                tuple("/d".repeat(128) + "/nobody", EventBits.CONNECT_ADDRESS_TRUNCATED));
    }

    private void runIn(Path directory, Object... command) throws Exception {
        run(cgroup, Path.of("/bin/sh"), Stream.concat(Stream.of("-c", "cd \"$0\" && exec \"$@\"", directory),
                Stream.of(command)).toArray());
    }

    @Test
    void aRefusedDatagramIsFlagged() throws Exception {
        seen.sensor.containments().define(1, List.of(), List.of());
        seen.sensor.containments().put(CgroupTree.id(cgroup), Authority.DETECTION, 1, Set.of(ContainmentAction.DENY_NETWORK),
                Libc.bootNanos() + HOUR);

        try {
            run(cgroup, trigger("send_to"), "sendto", "127.0.0.1", 9);
        } finally { // the sensor is that of other tests too
            seen.sensor.containments().remove(CgroupTree.id(cgroup), Authority.DETECTION);
            seen.sensor.containments().forget(1);
        }

        seen.read();
        assertThat(calls("sendto")).singleElement().satisfies(send -> {
            assertThat(send.raw().getFlags()).isEqualTo(EventBits.SOCKET_REFUSED);
            assertThat(send.raw().getResult()).isEqualTo(-EPERM);
        });
        assertThat(connects()).isEmpty();
    }

    @Test
    void thirtyTwoBitCallsAreSeenLikeOthers() throws Exception {
        int port = freeUdpPort();

        Ended ended = run(cgroup, trigger("compat32_bind"), port);

        Assumptions.assumeTrue(ended.status() != 2, "no 32-bit calls on this kernel");
        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(calls("socket")).extracting(s -> s.raw().getFamily(), s -> s.raw().getType()).containsExactly(tuple(2, 2));
        assertThat(calls("bind")).extracting(SocketSensorIT::local).containsExactly("127.0.0.1 " + port);
        assertThat(calls("sendmsg")).extracting(SocketSensorIT::remote, s -> s.raw().getSize())
                .containsExactly(tuple("127.0.0.1 " + port, 5L));
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        try (TestCgroups other = new TestCgroups()) {
            Path elsewhere = other.container(TestCgroups.randomPod(), container);

            run(elsewhere, trigger("open_socket"), 10, 2, 0);
            run(elsewhere, trigger("bind_to"), "192.0.2.1", 53);
            for (String call : List.of("accept", "accept4")) {
                run(elsewhere, trigger("serve_once"), call, "4", "127.0.0.1", 0);
            }
            for (String call : List.of("sendto", "sendmsg", "sendmmsg")) {
                run(elsewhere, trigger("send_to"), call, "127.0.0.1", 9);
            }

            seen.read();
            assertThat(seen.batches).isEmpty();
            assertThat(seen.unreadable()).isZero();
            assertThat(seen.sendsRepeated()).isZero();
        }
    }

    @Test
    void theKernelTakesEveryProgram() {
        List<String> names = List.of("connect", "socket", "send", "dns");

        List<SensorMode> modes = seen.sensor.modes().stream().filter(m -> names.contains(m.getSensor())).toList();

        assertThat(modes).hasSize(names.size()).allSatisfy(mode -> assertThat(mode.getProblem()).isEmpty());
    }

    private static int freeUdpPort() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private List<Seen<SocketCall>> calls(String name) {
        return seen.all(EventBatch::getSocketCalls).stream().filter(s -> s.text(s.raw().getCall()).equals(name)).toList();
    }

    private List<Seen<Connect>> connects() {
        return seen.all(EventBatch::getConnects);
    }

    private static String local(Seen<SocketCall> call) {
        return call.text(call.raw().getLocalAddress()) + ' ' + call.raw().getLocalPort();
    }

    private static String remote(Seen<SocketCall> call) {
        return call.text(call.raw().getRemoteAddress()) + ' ' + call.raw().getRemotePort();
    }

    private static List<Integer> said(Ended ended) {
        return Arrays.stream(ended.output().strip().split(" ")).map(Integer::parseInt).toList();
    }
}
