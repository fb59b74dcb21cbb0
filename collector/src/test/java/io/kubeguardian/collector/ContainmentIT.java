package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.attribute.CgroupTree;
import io.kubeguardian.collector.contain.KernelContainment.Counts;
import io.kubeguardian.collector.event.KernelLayouts;
import io.kubeguardian.collector.ffm.Libc;
import io.kubeguardian.schema.EventBits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@KernelTest
class ContainmentIT {
    private static final int KILLED = 128 + 9;
    private static final int EPERM = 1;
    private static final long HOUR = 3_600_000_000_000L;

    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path contained;
    private Path sibling;
    private long id;

    @BeforeEach
    void attach() throws Exception {
        cgroups = new TestCgroups();
        seen = new SensorHarness(cgroups.tree());
        String pod = TestCgroups.randomPod();
        contained = cgroups.container(pod, TestCgroups.randomContainer());
        sibling = cgroups.container(pod, TestCgroups.randomContainer());
        id = CgroupTree.id(contained);
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void aContainedExecIsKilledBeforeItRunsAndSeen() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC, Libc.bootNanos() + HOUR);

        int status = run(contained, trigger("exit_with"), 0).status();

        seen.read();
        assertThat(status).isEqualTo(KILLED);
        assertThat(seen.execs).singleElement()
                .satisfies(exec -> assertThat(exec.flags()).isEqualTo(EventBits.EXEC_KILLED));
        assertThat(seen.exits).singleElement().satisfies(exit -> assertThat(exit.raw().getStatus()).isEqualTo(9));
        assertThat(seen.sensor.containments().counts(id)).isEqualTo(new Counts(1, 0));
    }

    @Test
    void aCgroupBelowAContainedOneIsContainedToo() throws Exception {
        Path below = cgroups.make(contained.resolve("inner"));
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC, Libc.bootNanos() + HOUR);

        int status = run(below, trigger("exit_with"), 0).status();

        assertThat(status).isEqualTo(KILLED);
    }

    @Test
    void theMonitoredCgroupItselfCanBeContained() throws Exception {
        seen.sensor.containments().put(cgroups.tree().rootId(), KernelLayouts.KILL_EXEC, Libc.bootNanos() + HOUR);

        int status = run(contained, trigger("exit_with"), 0).status();

        assertThat(status).isEqualTo(KILLED);
    }

    @Test
    void theContainerBesideIsLeftAlone() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC | KernelLayouts.DENY_NETWORK, Libc.bootNanos() + HOUR);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int status = run(sibling, trigger("connect_to"), "tcp4", "127.0.0.1", server.getLocalPort()).status();

            assertThat(status).isZero();
        }
    }

    @Test
    void containedConnectionsAreRefusedAndSeen() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.DENY_NETWORK, Libc.bootNanos() + HOUR);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = server.getLocalPort();

            assertThat(run(contained, trigger("connect_to"), "tcp4", "127.0.0.1", port).status()).isEqualTo(EPERM);
            assertThat(run(contained, trigger("connect_to"), "tcp6", "::1", port).status()).isEqualTo(EPERM);
            assertThat(run(contained, trigger("connect_to"), "udp4", "127.0.0.1", port).status()).isEqualTo(EPERM);
            assertThat(run(contained, trigger("connect_to"), "udp6", "::1", port).status()).isEqualTo(EPERM);

            seen.read();
            assertThat(seen.connects).hasSize(4).allSatisfy(connect -> {
                assertThat(connect.raw().getFlags()).isEqualTo(EventBits.CONNECT_REFUSED);
                assertThat(connect.raw().getResult()).isEqualTo(-EPERM);
                assertThat(connect.raw().getPort()).isEqualTo(port);
                assertThat(connect.process().comm()).isEqualTo("connect_to");
            });
            assertThat(seen.connects).extracting(SensorHarness.SeenConnect::address)
                    .containsExactly("127.0.0.1", "0:0:0:0:0:0:0:1", "127.0.0.1", "0:0:0:0:0:0:0:1");
            assertThat(seen.sensor.containments().counts(id)).isEqualTo(new Counts(0, 4));
        }
    }

    @Test
    void theKernelItselfStopsAtTheExpiry() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC, Libc.bootNanos() - 1);

        int status = run(contained, trigger("exit_with"), 3).status();

        assertThat(status).isEqualTo(3);
    }

    @Test
    void aReleaseEndsIt() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC, Libc.bootNanos() + HOUR);
        assertThat(run(contained, trigger("exit_with"), 3).status()).isEqualTo(KILLED);

        seen.sensor.containments().remove(id);

        assertThat(run(contained, trigger("exit_with"), 3).status()).isEqualTo(3);
    }

    @Test
    void closingTheSensorEndsIt() throws Exception {
        seen.sensor.containments().put(id, KernelLayouts.KILL_EXEC | KernelLayouts.DENY_NETWORK, Libc.bootNanos() + HOUR);

        seen.sensor.close();

        assertThat(run(contained, trigger("exit_with"), 3).status()).isEqualTo(3);
        seen = new SensorHarness(cgroups.tree());
    }
}
