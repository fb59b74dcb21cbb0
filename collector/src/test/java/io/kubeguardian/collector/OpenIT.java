package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Open;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an open says besides its path, and repeated opens. */
@KernelTest
class OpenIT {
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFCHR = 0020000;
    /** No test runs as long. */
    private static final long HOUR = 3_600_000_000_000L;

    @TempDir
    Path folder;

    private TestCgroups cgroups;
    private SensorHarness seen;
    private Path cgroup;

    @BeforeEach
    void attach() throws Exception {
        folder = folder.toRealPath();
        cgroups = TestCgroups.monitored();
        cgroup = cgroups.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
    }

    @AfterEach
    void detach() throws Exception {
        seen.close();
        cgroups.close();
    }

    @Test
    void thePathAsGivenIsKeptWhereItDiffers() throws Exception {
        sensor(0);
        Path secrets = Files.createDirectories(folder.resolve("run/secrets"));
        Path token = Files.writeString(secrets.resolve("token"), "");
        Path link = Files.createSymbolicLink(folder.resolve("var"), folder.resolve("run"));
        Path sameLength = Files.createSymbolicLink(secrets.resolve("taken"), token);

        run(cgroup, trigger("open_file"), "open", token);
        run(cgroup, trigger("open_file"), "open", link + "/secrets/token");
        run(cgroup, trigger("open_file"), "open", sameLength);
        run(cgroup, trigger("open_file"), "open", folder + "/var/../run//secrets/./token");
        run(cgroup, trigger("open_file"), "cd", "token", secrets);
        run(cgroup, trigger("open_file"), "open", folder + "/missing/");

        assertThat(opens()).extracting(o -> o.text(o.raw().getPath()), o -> o.text(o.raw().getRawPath())).containsExactly(
                tuple(token.toString(), ""),
                tuple(token.toString(), link + "/secrets/token"),
                tuple(token.toString(), sameLength.toString()),
                tuple(token.toString(), folder + "/var/../run//secrets/./token"),
                tuple(token.toString(), "token"),
                tuple(folder + "/missing", folder + "/missing/"));
    }

    /** What setns(2) wants to have: a namespace has no path of its own. */
    @Test
    void aNamespaceIsSeenByThePathGiven() throws Exception {
        sensor(0);

        run(cgroup, trigger("open_file"), "open", "/proc/self/ns/mnt");

        assertThat(opens()).singleElement().satisfies(o -> {
            assertThat(o.raw().getResult()).isNotNegative();
            assertThat(o.text(o.raw().getPath())).isEqualTo("/proc/self/ns/mnt");
            assertThat(o.raw().getFileType()).isEqualTo(S_IFREG);
        });
    }

    @Test
    void theTypeOfTheOpenedFileIsTold() throws Exception {
        sensor(0);

        for (Object path : List.of("/etc/hostname", folder, "/dev/null", folder.resolve("missing"))) {
            run(cgroup, trigger("open_file"), "open", path);
        }

        assertThat(opens()).extracting(o -> o.raw().getFileType()).containsExactly(S_IFREG, S_IFDIR, S_IFCHR, 0);
    }

    @Test
    void aDirectoryOpenedAsOneHasNoMode() throws Exception {
        sensor(0);

        run(cgroup, trigger("open_file"), "at", "missing", folder);

        // Of the two flags of O_TMPFILE, O_DIRECTORY alone makes nothing.
        assertThat(opens()).extracting(o -> o.raw().getMode()).containsOnly(0);
    }

    @Test
    void repeatedOpensAreCountedAndNotSent() throws Exception {
        sensor(HOUR);
        Path other = Files.writeString(folder.resolve("other"), "");

        run(cgroup, trigger("open_many"), 500, "/etc/hostname", other);

        assertThat(opens()).extracting(o -> o.text(o.raw().getPath())).containsExactly("/etc/hostname", other.toString());
        assertThat(seen.opensRepeated()).isEqualTo(498);
        assertThat(seen.bulkLost()).isZero();
    }

    @Test
    void anotherProcessOrPathIsNoRepetition() throws Exception {
        sensor(HOUR);
        Path file = Files.writeString(folder.resolve("file"), "");
        Path hard = Files.createLink(folder.resolve("hard"), file);
        Path soft = Files.createSymbolicLink(folder.resolve("soft-link"), file);

        run(cgroup, trigger("open_many"), 3, file, hard, soft);
        run(cgroup, trigger("open_many"), 1, file);

        assertThat(opens()).extracting(o -> o.text(o.raw().getPath())).containsExactly(file.toString(), hard.toString(),
                file.toString(), file.toString());
        assertThat(seen.opensRepeated()).isZero();
    }

    @Test
    void theSameProcessAsAnotherProgramIsNoRepetition() throws Exception {
        sensor(HOUR);

        run(cgroup, trigger("open_then_exec"), "/etc/hostname", trigger("open_then_exec"), "/etc/hostname");

        assertThat(seen.read().execs).hasSize(2);
        assertThat(opens()).hasSize(2);
        assertThat(seen.opensRepeated()).isEqualTo(2);
    }

    @Test
    void failuresAndWritersAreNeverHeldBack() throws Exception {
        sensor(HOUR);

        run(cgroup, trigger("open_many"), 5, folder.resolve("missing"));
        run(cgroup, trigger("write_many"), 5, folder.resolve("written"));

        assertThat(opens()).hasSize(10);
        assertThat(seen.opensRepeated()).isZero();
    }

    @NotInGuest("a sensor of its own; the clock is the kernel's, the decision ours")
    @Test
    void afterTheWindowAnOpenSaysHowManyWereHeldBack() throws Exception {
        sensor(2_000_000); // 2 ms: a loop of opens runs over many of them
        int count = 20_000;

        run(cgroup, trigger("open_many"), count, "/etc/hostname");

        List<Open> opens = opens().stream().map(SensorHarness.Seen::raw).toList();
        assertThat(opens.size()).isGreaterThan(1);
        assertThat(opens.size() + seen.opensRepeated()).isEqualTo(count);
        assertThat(opens.get(0).getRepeats()).isZero();
        assertThat(opens.stream().mapToLong(Open::getRepeats).sum()).isPositive()
                .isLessThanOrEqualTo(seen.opensRepeated());
    }

    private void sensor(long openRepeatNanos) {
        seen = openRepeatNanos == 0
                ? new SensorHarness(cgroups.tree()) : SensorHarness.withoutRepeats(cgroups.tree(), openRepeatNanos);
    }

    private List<SensorHarness.Seen<Open>> opens() {
        return seen.read().all(EventBatch::getOpens);
    }
}
