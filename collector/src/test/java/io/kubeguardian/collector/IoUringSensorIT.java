package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.SensorMode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens and connections through io_uring, which no system call of their own tells. */
@KernelTest
class IoUringSensorIT {
    private static final int SUBMITTED = -115; // EINPROGRESS
    private static final int NO_IO_URING = 255;

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
        SensorMode mode = seen.sensor.modes().stream().filter(m -> m.getSensor().equals("io_uring")).findFirst().orElseThrow();
        Assumptions.assumeTrue(mode.getProblem().isEmpty(), mode.getProblem());
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void anOpenIsToldAsSubmittedAndAsTheFileThatItOpened() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "");
        Path link = Files.createSymbolicLink(folder.resolve("innocent"), file);

        Ended ended = byIoUring(cgroup, "open", link);

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path, o -> o.raw().getResult() >= 0 ? 0 : o.raw().getResult(),
                o -> o.raw().getFlags()).containsExactly(tuple(link.toString(), SUBMITTED, 0), tuple(file.toString(), 0, 0));
        assertThat(seen.opens).allSatisfy(open -> assertThat(open.process().pid()).isEqualTo((int) ended.pid()));
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.text(c.raw().getCall())).containsExactly("io_uring_setup");
    }

    @Test
    void aRelativePathStartsFromItsDirectory() throws Exception {
        byIoUring(cgroup, "at", "hostname");

        seen.read();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path).containsExactly("/etc", "/etc/hostname", "/etc/hostname");
    }

    @Test
    void aKernelThreadThatSubmitsIsTheProcessThatOwnsTheRing() throws Exception {
        Ended ended = byIoUring(cgroup, "poll", "/etc/hostname");

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path, o -> o.process().pid(), o -> o.process().startTime())
                .containsExactly(tuple("/etc/hostname", (int) ended.pid(), seen.execs.getFirst().process().startTime()),
                        tuple("/etc/hostname", (int) ended.pid(), seen.execs.getFirst().process().startTime()));
    }

    @Test
    void whatFailsIsToldAsSubmitted() throws Exception {
        Ended ended = byIoUring(cgroup, "open", "/non/existent");

        seen.read();
        assertThat(ended.status()).isEqualTo(2);
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path, o -> o.raw().getResult())
                .containsExactly(tuple("/non/existent", SUBMITTED));
    }

    @Test
    void aRequestThatAsksForNoAnswerIsToldAsSubmitted() throws Exception {
        byIoUring(cgroup, "skip", "/etc/hostname");

        seen.read();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path, o -> o.raw().getResult())
                .containsExactly(tuple("/etc/hostname", SUBMITTED));
    }

    @Test
    void aFileWithoutADescriptorIsNotTakenForStandardInput() throws Exception {
        Ended ended = byIoUring(cgroup, "slot", "/etc/hostname");

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.opens).extracting(SensorHarness.SeenOpen::path, o -> o.raw().getResult())
                .containsExactly(tuple("/etc/hostname", SUBMITTED));
    }

    @Test
    void aConnectionIsToldAsUnderWay() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Ended ended = byIoUring(cgroup, "connect", server.getLocalPort());

            seen.read();
            assertThat(ended.status()).isZero();
            assertThat(seen.connects).extracting(SensorHarness.SeenConnect::address, c -> c.raw().getPort(),
                    c -> c.raw().getResult()).containsExactly(tuple("127.0.0.1", server.getLocalPort(), SUBMITTED));
        }
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        try (TestCgroups other = new TestCgroups()) {
            Path elsewhere = other.container(TestCgroups.randomPod(), TestCgroups.randomContainer());

            byIoUring(elsewhere, "open", "/etc/hostname");
            byIoUring(elsewhere, "connect", 1);

            seen.read();
            assertThat(seen.batches).isEmpty();
        }
    }

    private static Ended byIoUring(Path cgroup, String how, Object what) throws Exception {
        Ended ended = run(cgroup, trigger("by_io_uring"), how, what);
        Assumptions.assumeTrue(ended.status() != NO_IO_URING, "io_uring is switched off on this kernel");
        return ended;
    }
}
