package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.FileChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@KernelTest
class FileChangeIT {
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EFAULT = 14;
    private static final int ENOSYS = 38;

    /** A change with its strings. */
    private record Change(String call, String path, String rawPath, String second, String rawSecond, FileChange raw) {}

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

    /** {@code /f} stands for the folder, in what is given and in what is expected. */
    @ParameterizedTest(name = "{0}({1})")
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        // call    | arguments               | path    | raw path | second   | raw second | mode | owner | group | flags
        "rename    | file,new                | /f/file | file     | /f/new   | new        | 0    | -1    | -1    | 0",
        "rename    | /f/file,/f/new          | /f/file | -        | /f/new   | -          | 0    | -1    | -1    | 0",
        "renameat  | file,../f/new           | /f/file | file     | /f/new   | ../f/new   | 0    | -1    | -1    | 0",
        "renameat2 | file,/f/./new           | /f/file | file     | /f/new   | /f/./new   | 0    | -1    | -1    | 1",
        "link      | file,dir/hard           | /f/file | file     | /f/dir/hard | dir/hard | 0   | -1    | -1    | 0",
        "linkat    | file,/f/hard            | /f/file | file     | /f/hard  | -          | 0    | -1    | -1    | 0",
        "symlink   | ../etc/passwd,soft      | /f/soft | soft     | ../etc/passwd | -     | 0    | -1    | -1    | 0",
        "symlinkat | /etc/passwd,soft        | /f/soft | soft     | /etc/passwd | -       | 0    | -1    | -1    | 0",
        "unlink    | dir/../file             | /f/file | dir/../file | -     | -          | 0    | -1    | -1    | 0",
        "unlinkat  | file,0                  | /f/file | file     | -        | -          | 0    | -1    | -1    | 0",
        "unlinkat  | /f/dir,1000             | /f/dir  | -        | -        | -          | 0    | -1    | -1    | 512",
        "mkdir     | made,750                | /f/made | made     | -        | -          | 750  | -1    | -1    | 0",
        "mkdirat   | made,1777               | /f/made | made     | -        | -          | 1777 | -1    | -1    | 0",
        "rmdir     | dir                     | /f/dir  | dir      | -        | -          | 0    | -1    | -1    | 0",
        "mknod     | fifo,10600,0            | /f/fifo | fifo     | -        | -          | 10600 | -1   | -1    | 0",
        "mknodat   | null,20666,403          | /f/null | null     | -        | -          | 20666 | -1   | -1    | 0",
        "chmod     | file,4755               | /f/file | file     | -        | -          | 4755 | -1    | -1    | 0",
        "fchmod    | 700                     | /f      | -        | -        | -          | 700  | -1    | -1    | 0",
        "fchmodat  | file,600                | /f/file | file     | -        | -          | 600  | -1    | -1    | 0",
        "chown     | file,1,2                | /f/file | file     | -        | -          | 0    | 1     | 2     | 0",
        "lchown    | file,3,-1               | /f/file | file     | -        | -          | 0    | 3     | -1    | 0",
        "fchown    | 4,5                     | /f      | -        | -        | -          | 0    | 4     | 5     | 0",
        "fchownat  | file,6,7                | /f/file | file     | -        | -          | 0    | 6     | 7     | 0",
        "fchownat  | '',10,11                | /f      | -        | -        | -          | 0    | 8     | 9     | 4096",
    })
    void everyCallIsSeenAndFromAnUnmonitoredCgroupNone(String call, String arguments, String path, String rawPath,
            String second, String rawSecond, String octalMode, int owner, int group, int flags) throws Exception {
        String[] given = arguments.replace("''", "").split(",");
        try (TestCgroups other = new TestCgroups()) {
            Path apart = Files.createDirectory(folder.resolve("apart"));
            prepare(apart);
            Ended unseen = change(other.container(TestCgroups.randomPod(), container), apart, call, given);
            assertThat(unseen.status()).isZero();
        }
        prepare(folder);

        Ended ended = change(call, given);

        assertThat(ended.status()).isZero();
        assertThat(changes()).singleElement().satisfies(change -> {
            assertThat(change.call()).isEqualTo(call);
            assertThat(change.path()).isEqualTo(inFolder(folder, path));
            assertThat(change.rawPath()).isEqualTo(inFolder(folder, rawPath));
            assertThat(change.second()).isEqualTo(inFolder(folder, second));
            assertThat(change.rawSecond()).isEqualTo(inFolder(folder, rawSecond));
            assertThat(change.raw().getMode()).isEqualTo(Integer.parseInt(octalMode, 8));
            assertThat(change.raw().getOwner()).isEqualTo(owner);
            assertThat(change.raw().getGroup()).isEqualTo(group);
            assertThat(change.raw().getFlags()).isEqualTo(flags);
            assertThat(change.raw().getDevice()).isEqualTo(call.equals("mknodat") ? 0403 : 0);
            assertThat(change.raw().getResult()).isZero();
            assertThat(change.raw().getPathFlags()).isZero();
        });
    }

    /** Linux 6.6 and later. */
    @Test
    void aModeChangedByDescriptorHasItsPath() throws Exception {
        Ended ended = change("fchmodat2", "", "711");

        Assumptions.assumeTrue(ended.status() != ENOSYS, "no fchmodat2 on this kernel");
        assertThat(changes()).singleElement().satisfies(change -> {
            assertThat(change.call()).isEqualTo("fchmodat2");
            assertThat(change.path()).isEqualTo(folder.toString());
            assertThat(change.raw().getMode()).isEqualTo(0711);
            assertThat(change.raw().getFlags()).isEqualTo(0x1000);
        });
    }

    @Test
    void theLinkedFileMayBeGivenByDescriptorAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        run(cgroup, trigger("change_file"), "linkat", file, "", folder + "/hard");

        assertThat(changes()).singleElement().satisfies(change -> {
            assertThat(change.path()).isEqualTo(file.toString());
            assertThat(change.second()).isEqualTo(folder + "/hard");
            assertThat(change.raw().getResult()).isZero();
        });
    }

    @Test
    void aDirectoryReachedByALinkHasItsOwnName() throws Exception {
        Files.createDirectory(folder.resolve("real"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real"));

        run(cgroup, trigger("change_file"), "mkdirat", folder.resolve("link"), "made", 0755);
        run(cgroup, trigger("change_file"), "mkdir", folder.resolve("link"), "too", 0755);
        change("mkdir", "link/by-name", "755");

        // A link in the given part itself stays: docs/events.md.
        assertThat(changes()).extracting(Change::path)
                .containsExactly(folder + "/real/made", folder + "/real/too", folder + "/link/by-name");
    }

    @Test
    void failedCallsAreSeenWithTheirError() throws Exception {
        change("unlink", "missing");
        change("rename", "missing", "/elsewhere");
        change("rmdir", "");

        assertThat(changes()).extracting(Change::call, Change::path, Change::second, c -> c.raw().getResult(),
                c -> c.raw().getPathFlags()).containsExactly(
                        tuple("unlink", folder + "/missing", "", -ENOENT, 0),
                        tuple("rename", folder + "/missing", "/elsewhere", -ENOENT, 0),
                        tuple("rmdir", "", "", -ENOENT, EventBits.OPEN_PATH_RELATIVE));
    }

    @Test
    void aRelativePathOfNoDirectoryIsFlagged() throws Exception {
        run(cgroup, trigger("change_bad"));

        assertThat(changes()).extracting(Change::call, Change::path, Change::second, c -> c.raw().getResult(),
                c -> c.raw().getPathFlags()).containsExactly(
                        tuple("fchmod", "", "", -EBADF, EventBits.OPEN_PATH_RELATIVE),
                        tuple("renameat", "old", "new", -EBADF,
                                EventBits.OPEN_PATH_RELATIVE | EventBits.SECOND_PATH_RELATIVE),
                        tuple("unlink", "", "", -EFAULT, EventBits.OPEN_PATH_RELATIVE),
                        tuple("fchown", "", "", 0, EventBits.OPEN_PATH_RELATIVE));
    }

    @Test
    void longPathsAreCutAndFlagged() throws Exception {
        String tooLong = "/" + "y/".repeat(3000);

        change("rename", tooLong, tooLong);
        change("symlink", tooLong, "/soft");

        assertThat(changes()).extracting(c -> c.path().length(), c -> c.second().length(), c -> c.raw().getPathFlags())
                .containsExactly(tuple(4094, 4094, EventBits.OPEN_PATH_TRUNCATED | EventBits.SECOND_PATH_TRUNCATED),
                        tuple(5, 4095, EventBits.SECOND_PATH_TRUNCATED));
        assertThat(seen.unreadable()).isZero();
    }

    @Test
    void thirtyTwoBitCallsAreSeenLikeOthers() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Ended ended = run(cgroup, trigger("compat32_files"), file, folder.resolve("new"));

        Assumptions.assumeTrue(ended.status() != 2, "no 32-bit calls on this kernel");
        assertThat(ended.status()).isZero();
        assertThat(changes()).extracting(Change::call, Change::path, Change::second)
                .containsExactly(tuple("rename", file.toString(), folder + "/new"));
        assertThat(seen.all(EventBatch::getDups)).singleElement().satisfies(dup -> {
            assertThat(dup.text(dup.raw().getCall())).isEqualTo("dup2");
            assertThat(dup.raw().getFd()).isEqualTo(1);
            assertThat(dup.raw().getResult()).isEqualTo(50);
        });
    }

    private static void prepare(Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "");
        Files.createDirectory(folder.resolve("dir"));
    }

    private Ended change(String call, String... arguments) throws Exception {
        return change(cgroup, folder, call, arguments);
    }

    private static Ended change(Path cgroup, Path folder, String call, String... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of(call, folder));
        for (String argument : arguments) {
            all.add(inFolder(folder, argument));
        }
        return run(cgroup, trigger("change_file"), all.toArray());
    }

    /** "/f" becomes the folder, "../f" its name beside itself. */
    private static String inFolder(Path folder, String path) {
        if (path == null) {
            return "";
        }
        return path.startsWith("/f") ? folder + path.substring(2) : path.replace("../f/", "../" + folder.getFileName() + '/');
    }

    private List<Change> changes() {
        seen.read();
        return seen.all(EventBatch::getFileChanges).stream().map(event -> {
            FileChange raw = event.raw();
            assertThat(event.process(raw.getProcess()).podUid()).isEqualTo(pod);
            assertThat(event.process(raw.getProcess()).containerId()).isEqualTo(container);
            return new Change(event.text(raw.getCall()), event.text(raw.getPath()), event.text(raw.getRawPath()),
                    event.text(raw.getSecondPath()), event.text(raw.getRawSecondPath()), raw);
        }).toList();
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }
}
