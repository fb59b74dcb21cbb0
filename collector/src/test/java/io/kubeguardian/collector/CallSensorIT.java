package io.kubeguardian.collector;

import static io.kubeguardian.collector.TestCgroups.run;
import static io.kubeguardian.collector.TestCgroups.trigger;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.collector.SensorHarness.Seen;
import io.kubeguardian.collector.TestCgroups.Ended;
import io.kubeguardian.collector.sensor.SystemCalls;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** System calls as Call events. Those that would change the machine fail here, or happen in namespaces of their own. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallSensorIT {
    private static final int NO_SUCH_WAY = 254;
    private static final int EINVAL = 22;
    private static final int CLONE_NEWUTS = 0x04000000;

    @TempDir
    Path folder;

    private TestCgroups cgroups;
    private TestCgroups others;
    private SensorHarness seen;
    private String pod;
    private String container;
    private Path cgroup;
    /** A container's too, but elsewhere: what is done there must not be told. */
    private Path unmonitored;

    /** One sensor for all: there are a hundred tests, and it takes a while to attach. */
    @BeforeEach
    void attach() throws Exception {
        if (seen == null) {
            cgroups = TestCgroups.monitored();
            seen = new SensorHarness(cgroups.tree());
            others = new TestCgroups();
            unmonitored = others.container(TestCgroups.randomPod(), TestCgroups.randomContainer());
        }
        folder = folder.toRealPath();
        pod = TestCgroups.randomPod();
        container = TestCgroups.randomContainer();
        cgroup = cgroups.container(pod, container);
        seen.forget();
    }

    @AfterAll
    void detach() throws Exception {
        if (seen != null) {
            seen.close();
            cgroups.close();
            others.close();
        }
    }

    /** What is given (see raw_call.c), then what the event says: arguments, texts. The working directory is the root. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            setuid            | 0                    | [0]         | []
            setgid            | 0                    | [0]         | []
            setreuid          | -1 0                 | [-1, 0]     | []
            setregid          | 0 -1                 | [0, -1]     | []
            setresuid         | -1 65534 -1          | [-1, 65534, -1] | []
            setresgid         | 1 2 3                | [1, 2, 3]   | []
            setfsuid          | 65534                | [65534]     | []
            setfsgid          | 65534                | [65534]     | []
            setgroups         | 2 %0100000002000000  | [2, 0]      | []
            setgroups         | 70000 0              | [70000, 0]  | []
            capset            | %2205082000000000 %020000000300000000000000010000000100000000000000 | [0, 0, 4294967298, 4294967299, 0] | []
            capset            | %3003981900000000 %020000000300000004000000010000000100000000000000 | [0, 0, 2, 3, 4] | []
            prctl             | 4 0                  | [4, 0]      | []
            prctl             | 38 1                 | [38, 1]     | []
            prctl             | 0x59616d61 -1        | [1499557217, -1] | []
            personality       | 0x40000              | [262144]    | []
            seccomp           | 99 0 0               | [99, 0, 0]  | []
            setns             | -1 0                 | [-1, 0, 0, 0] | []
            setns             | @/etc/hostname 0     | [3, 0, 0, 0] | []
            unshare           | 0x04000000           | [67108864]  | []
            unshare           | 0x1                  | [1]         | []
            chroot            | :/non/existent       | [0]         | ["/non/existent"]
            pivot_root        | :no :/etc            | [0, 0]      | ["/no", "/etc"]
            mount             | :src :/non/../no :tmpfs 6 :size=1k,mode=700 | [0, 0, 0, 6, 0] | ["src", "/no", "tmpfs", "size=1k,mode=700"]
            mount             | :etc :non/existent 0 4096 0 | [0, 0, 0, 4096, 0] | ["/etc", "/non/existent", "", ""]
            umount2           | :/non/existent 2     | [0, 2]      | ["/non/existent"]
            open_tree         | -100 :/no 1          | [-100, 0, 1] | ["/no"]
            fspick            | @/etc :no 1          | [3, 0, 1]   | ["/etc/no"]
            move_mount        | -100 :no @/etc :../such 0 | [-100, 0, 3, 0, 0] | ["/no", "/such"]
            fsopen            | :nosuchfs 1          | [0, 1]      | ["nosuchfs"]
            fsconfig          | -1 1 :source :/dev/sda 0 | [-1, 1, 0, 0, 0] | ["source", "/dev/sda"]
            fsconfig          | -1 2 :binary :secret 6 | [-1, 2, 0, 0, 6] | ["binary", ""]
            fsmount           | -1 1 2               | [-1, 1, 2]  | []
            mount_setattr     | -1 :/no 0 %010000000000000002000000000000000000040000000000 32 | [-1, 0, 0, 0, 32, 1, 2, 262144] | ["/no"]
            name_to_handle_at | -100 :/no 0 0 0      | [-100, 0, 0, 0, 0] | ["/no"]
            open_by_handle_at | -100 0 2             | [-100, 0, 2] | ["/", ""]
            open_by_handle_at | @/etc 0 0            | [3, 0, 0]   | ["/etc", ""]
            ptrace            | 16 2147483632 7 0    | [16, 2147483632, 7, 0] | []
            process_vm_readv  | 2147483632 0 1 0 1 0 | [2147483632, 0, 1, 0, 1, 0] | []
            process_vm_writev | 2147483632 0 1 0 1 0 | [2147483632, 0, 1, 0, 1, 0] | []
            pidfd_getfd       | -1 2 0               | [-1, 2, 0]  | [""]
            kill              | 2147483632 9         | [2147483632, 9] | []
            tkill             | 2147483632 15        | [2147483632, 15] | []
            tgkill            | 2147483632 2147483632 31 | [2147483632, 2147483632, 31] | []
            rt_sigqueueinfo   | 2147483632 64 0      | [2147483632, 64, 0] | []
            rt_tgsigqueueinfo | 2147483632 2147483632 19 0 | [2147483632, 2147483632, 19, 0] | []
            pidfd_send_signal | -1 9 0 1             | [-1, 9, 0, 1] | []
            init_module       | %00 16 :a=1          | [0, 16, 0]  | ["a=1"]
            finit_module      | @/etc/hostname :debug=1 0 | [3, 0, 0] | ["/etc/hostname", "debug=1"]
            delete_module     | :no_such_module 2048 | [0, 2048]   | ["no_such_module"]
            kexec_load        | 1 0 0 0xffff         | [1, 0, 0, 65535] | []
            kexec_file_load   | @/etc/hostname -1 6 :quiet 0xff0 | [3, -1, 6, 0, 4080] | ["/etc/hostname", "", "quiet"]
            bpf               | 0 %ff0000000000000000000000000000000000000000000000000000006669667465656e5f6c6f6e675f5f78 72 | [0, 0, 72, 255] | ["fifteen_long__x"]
            bpf               | 7 */no/such 16       | [7, 0, 16, 0] | ["/no/such"]
            bpf               | 17 *no_such_point 16 | [17, 0, 16, 0] | ["no_such_point"]
            perf_event_open   | %63000000800000000700000000000000 0 -1 -1 8 | [0, 0, -1, -1, 8, 99, 7] | []
            io_uring_setup    | 0 %000000000000000002000000 | [0, 0, 2] | []
            userfaultfd       | 0xffff               | [65535]     | []
            memfd_create      | :payload 1           | [0, 1]      | ["payload"]
            add_key           | :user :kg-test %0102 2 -1 | [0, 0, 0, 2, -1] | ["user", "kg-test"]
            request_key       | :user :kg-none 0 -1  | [0, 0, 0, -1] | ["user", "kg-none"]
            keyctl            | 99 5                 | [99, 5]     | []
            reboot            | 1 2 3 0              | [1, 2, 3, 0] | []
            swapon            | :/non/existent 7     | [0, 7]      | ["/non/existent"]
            utimensat         | -100 :/no/such %01000000000000000200000000000000030000000000000004 0x100 | [-100, 0, 0, 256, 1000000002, 3000000004] | ["/no/such"]
            utimensat         | -100 :no %0000000000000000ffffff3f000000000000000000000000feffff3f 0 | [-100, 0, 0, 0, 9223372036854775807, -9223372036854775808] | ["/no"]
            utimensat         | -100 :no %ffffffffffffff7f00000000000000000000000000000080 0 | [-100, 0, 0, 0, 9000000000000000000, -9000000000000000000] | ["/no"]
            utimensat         | @/dev/null 0 0 0     | [3, 0, 0, 0, 9223372036854775807, 9223372036854775807] | ["/dev/null"]
            futimesat         | -100 :no %010000000000000002000000000000000300000000000000 | [-100, 0, 0, 1000002000, 3000000000] | ["/no"]
            utimes            | :/no %ffffffffffffffff02000000000000000300000000000000 | [0, 0, -999998000, 3000000000] | ["/no"]
            utime             | :/no %05000000000000000600000000000000 | [0, 0, 5000000000, 6000000000] | ["/no"]
            swapoff           | :no                  | [0]         | ["/no"]
            acct              | :/non/existent       | [0]         | ["/non/existent"]
            settimeofday      | %0500000000000000ffe0f50500000000 0 | [0, 0, 5] | []
            clock_settime     | 99 %0700000000000000 | [99, 0, 7]  | []
            syslog            | 99 0 3               | [99, 0, 3]  | []
            iopl              | 4                    | [4]         | []
            ioperm            | 70000 1 1            | [70000, 1, 1] | []
            sethostname       | :name 1000           | [0, 1000]   | ["name"]
            setdomainname     | :name -1             | [0, -1]     | ["name"]
            """)
    void aCallIsToldWithWhatItWasGivenAndWhatItReturned(String call, String given, String arguments, String texts)
            throws Exception {
        rawCall(unmonitored, "64", call, given);

        Ended ended = rawCall(cgroup, "64", call, given);

        seen.read();
        assertThat(seen.batches).allSatisfy(batch -> assertThat(batch.getPodUid()).isEqualTo(pod));
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.text(event.raw().getCall())).isEqualTo(call);
            assertThat(event.raw().getArguments()).hasToString(arguments);
            assertThat(quoted(event)).isEqualTo(texts);
            assertThat(Math.max(0, -event.raw().getResult())).isEqualTo(ended.status());
            assertThat(event.raw().getFlags()).isZero();
            assertThat(event.raw().getTargetPid()).isZero();
            assertThat(event.process(event.raw().getProcess()).podUid()).isEqualTo(pod);
            assertThat(event.process(event.raw().getProcess()).containerId()).isEqualTo(container);
            assertThat(event.process(event.raw().getProcess()).comm()).isEqualTo("raw_call");
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            prctl     | 15 :name     | thread names
            prctl     | 3 0          | questions
            kill      | 2147483632 0 | probes
            kill      | 2147483632 10 | signals between servers
            """)
    void whatBusyServersDoAllDayIsNotTold(String call, String given, String what) throws Exception {
        rawCall(cgroup, "64", call, given);

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).as(what).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            setfsuid          | 1                    | 1
            prctl             | 38 1                 | 1
            name_to_handle_at | -100 :/no 0 0 0      | 1
            ptrace            | 12 2147483632 0 0    | 1
            ptrace            | 16 2147483632 0 0    | 0
            ptrace            | 0x4206 2147483632 0 0 | 0
            process_vm_readv  | 2147483632 0 1 0 1 0 | 1
            process_vm_writev | 2147483632 0 1 0 1 0 | 0
            utimensat         | -100 :/no 0 0        | 1
            bpf               | 1 %00 1              | 1
            bpf               | 5 %00 1              | 0
            """)
    void whatMayComeInMassesIsBulk(String call, String given, int bulk) throws Exception {
        rawCall(cgroup, "64", call, given);

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).hasSize(1);
        assertThat(seen.bulkEvents).isEqualTo(bulk);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            213 | 7                              | setuid | [7]                | []
            26  | 16 2147483632 0 0              | ptrace | [16, 2147483632, 0, 0] | []
            320 | -100 :/no %01000000020000000300000004 0 | utimensat | [-100, 0, 0, 0, 1000000002, 3000000004] | ["/no"]
            412 | -100 :/no %01000000000000000200000000000000030000000000000004 0 | utimensat | [-100, 0, 0, 0, 1000000002, 3000000004] | ["/no"]
            271 | :/no %ffffffff020000000300000004 | utimes | [0, 0, -999998000, 3000004000] | ["/no"]
            30  | :/no %0500000006               | utime  | [0, 0, 5000000000, 6000000000] | ["/no"]
            21  | :etc :/no :tmpfs 4096 :data    | mount  | [0, 0, 0, 4096, 0] | ["/etc", "/no", "tmpfs", "data"]
            """)
    void thirtyTwoBitCallsAreToldLikeOthers(String number, String given, String call, String arguments, String texts)
            throws Exception {
        Ended ended = run(cgroup, trigger("raw_call"), command("32", number, given));

        Assumptions.assumeTrue(ended.status() != NO_SUCH_WAY, "no 32-bit calls on this kernel");
        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.text(event.raw().getCall())).isEqualTo(call);
            assertThat(event.raw().getArguments()).hasToString(arguments);
            assertThat(quoted(event)).isEqualTo(texts);
            assertThat(Math.max(0, -event.raw().getResult())).isEqualTo(ended.status());
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            attach | ptrace            | 0
            write  | process_vm_writev | 8
            read   | process_vm_readv  | 8
            kill   | kill              | 0
            tgkill | tgkill            | 0
            queue  | rt_sigqueueinfo   | 0
            pidfd  | pidfd_send_signal | 0
            join   | setns             | 0
            """)
    void theProcessReachedIntoIsNamedAsTheHostDoes(String how, String call, long result) throws Exception {
        Ended ended = run(cgroup, Path.of("/usr/bin/unshare"), "--fork", "--pid", trigger("reach_into"), how);

        seen.read();
        var child = seen.forks.get(1).raw();
        assertThat(child.getChildContainerPid()).isEqualTo(Integer.parseInt(ended.output().strip()));
        assertThat(child.getChildPid()).isNotEqualTo(child.getChildContainerPid());
        assertThat(calls("reach_into").stream().filter(c -> c.text(c.raw().getCall()).equals(call)).findFirst())
                .hasValueSatisfying(event -> {
                    assertThat(event.raw().getTargetPid()).isEqualTo(child.getChildPid());
                    assertThat(event.raw().getTargetStartTime()).isEqualTo(child.getChildStartTime());
                    assertThat(event.raw().getResult()).isEqualTo(result);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mount    | ://host/share :/no :cifs 0 :username=me,password=kg-no-secret | ["//host/share", "/no", "cifs", "username=me,password=***"]
            fsconfig | -1 1 :password :kg-no-secret 0                                | ["password", "***"]
            """)
    void secretsOfMountsAreMasked(String call, String given, String texts) throws Exception {
        rawCall(cgroup, "64", call, given);

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(quoted(event)).isEqualTo(texts);
            assertThat(event.raw().getFlags()).isEqualTo(EventBits.CALL_TEXT_MASKED);
        });
    }

    @Test
    void aDescriptorTakenFromAnotherProcessIsNamed() throws Exception {
        run(cgroup, trigger("reach_into"), "take");

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.text(event.raw().getCall())).isEqualTo("pidfd_getfd");
            assertThat(event.raw().getTargetPid()).isEqualTo(seen.forks.get(0).raw().getChildPid());
            assertThat(event.raw().getResult()).isNotNegative();
            assertThat(event.texts(event.raw().getTexts())).containsExactly("/etc/hostname");
        });
    }

    @Test
    void attachingAndDetachingAreTwoEvents() throws Exception {
        run(cgroup, trigger("reach_into"), "attach");

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.raw().getArguments().get(0))
                .containsExactlyInAnyOrder(16L, 17L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"usr1", "probe"})
    void signalsThatEndNothingAreNotTold(String how) throws Exception {
        run(cgroup, trigger("reach_into"), how);

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).isEmpty();
    }

    @Test
    void theNamespaceEnteredIsNamed() throws Exception {
        run(cgroup, trigger("raw_call"), command("64", "308", "@/proc/self/ns/uts 0"));

        seen.read();
        long uts = (Long) Files.getAttribute(Path.of("/proc/self/ns/uts"), "unix:ino");
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.raw().getArguments()).containsExactly(3L, 0L, (long) CLONE_NEWUTS, uts);
            assertThat(event.raw().getResult()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "dot"})
    void theNewRootIsNamedHoweverItWasGiven(String how) throws Exception {
        Path jail = Files.createDirectories(folder.resolve("jail"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), jail);

        Ended ended = run(cgroup, trigger("change_root"), how, link);

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.texts(event.raw().getTexts())).containsExactly(jail.toString());
            assertThat(event.raw().getResult()).isZero();
        });
    }

    @Test
    void aRelativePathThatTheCallItselfMadeUnresolvableSaysSo() throws Exception {
        Ended ended = run(cgroup, trigger("change_root"), "pivot", folder);

        Assumptions.assumeFalse(ended.status() == EINVAL, "the root is the initramfs, from which no pivot_root leads");
        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.text(c.raw().getCall()))
                .containsExactly("unshare", "mount", "mount", "pivot_root");
        assertThat(seen.all(EventBatch::getCalls)).last().satisfies(event -> {
            assertThat(event.texts(event.raw().getTexts())).containsExactly(".", ".");
            assertThat(event.raw().getFlags()).isEqualTo(EventBits.CALL_PATH_RELATIVE);
        });
    }

    @Test
    void mountingInSeveralStepsIsSeenStepByStep() throws Exception {
        Ended ended = run(cgroup, trigger("mount_anew"), folder);

        seen.read();
        assertThat(ended.status()).isZero();
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.text(c.raw().getCall()) + ' ' + quoted(c))
                .containsExactly("unshare []", "mount [\"\", \"/\", \"\", \"\"]", "fsopen [\"tmpfs\"]",
                        "fsconfig [\"size\", \"64k\"]", "fsconfig [\"\", \"\"]", "fsmount []",
                        "move_mount [\"" + folder + "\", \"" + folder + "\"]", "mount_setattr [\"" + folder + "\"]");
    }

    @Test
    void aFileOpenedByItsHandleIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Ended ended = run(cgroup, trigger("open_by_handle"), folder, file);

        seen.read();
        Assumptions.assumeTrue(ended.status() == 0, "no file handles in " + folder);
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.text(c.raw().getCall()) + ' ' + quoted(c))
                .containsExactly("name_to_handle_at [\"" + file + "\"]",
                        "open_by_handle_at [\"" + folder + "\", \"" + file + "\"]");
        assertThat(seen.all(EventBatch::getCalls)).last().satisfies(c -> assertThat(c.raw().getResult()).isEqualTo(4));
    }

    @Test
    void longTextsAreCutAndFlagged() throws Exception {
        run(cgroup, trigger("raw_call"), command("64", "319", ':' + "x".repeat(300) + " 0"));
        run(cgroup, trigger("raw_call"), command("64", "165", ":s :/" + "x".repeat(5000) + " :t 0 :" + "y".repeat(2000)));

        seen.read();
        assertThat(seen.all(EventBatch::getCalls)).allSatisfy(event ->
                assertThat(event.raw().getFlags()).isEqualTo(EventBits.CALL_TEXT_TRUNCATED));
        assertThat(seen.all(EventBatch::getCalls)).extracting(c -> c.texts(c.raw().getTexts())).containsExactly(
                List.of("x".repeat(255)), List.of("s", '/' + "x".repeat(4094), "t", "y".repeat(1023)));
    }

    @Test
    void longPathsFromADeepDirectoryStayWhole() throws Exception {
        Path deep = folder;
        while (deep.toString().length() < 3500) {
            deep = deep.resolve("d".repeat(100));
        }
        Files.createDirectories(deep);
        String name = "n".repeat(200) + '/' + "m".repeat(200);

        run(cgroup, trigger("raw_call"), command("64", "429", "@" + deep + " :" + name + " @" + deep + " :" + name + " 0"));

        seen.read();
        String expected = deep + "/" + name;
        assertThat(seen.all(EventBatch::getCalls)).singleElement().satisfies(event -> {
            assertThat(event.raw().getFlags()).isZero();
            assertThat(event.texts(event.raw().getTexts())).containsExactly(expected, expected);
        });
    }

    @Test
    void anUnmonitoredCgroupGivesNothing() throws Exception {
        for (String how : List.of("attach", "write", "read", "kill", "queue", "pidfd", "take")) {
            run(unmonitored, trigger("reach_into"), how);
        }

        run(unmonitored, trigger("mount_anew"), folder);

        seen.read();
        assertThat(seen.batches).isEmpty();
        assertThat(seen.unreadable()).isZero();
    }

    private static Ended rawCall(Path cgroup, String way, String call, String given) throws Exception {
        return run(cgroup, trigger("raw_call"), command(way, String.valueOf(SystemCalls.number(call)), given));
    }

    private static Object[] command(String way, String number, String given) {
        List<String> command = new ArrayList<>(List.of(way, number));
        command.addAll(List.of(given.split(" ")));
        return command.toArray();
    }

    private List<Seen<Call>> calls(String comm) {
        return seen.all(EventBatch::getCalls).stream()
                .filter(c -> c.process(c.raw().getProcess()).comm().equals(comm)).toList();
    }

    private static String quoted(Seen<Call> event) {
        return event.texts(event.raw().getTexts()).stream().map(t -> '"' + t + '"').collect(joining(", ", "[", "]"));
    }
}
