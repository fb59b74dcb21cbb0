package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.SocketCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of event as the collector sends it, through the tree and a rule about it. */
class EventKindsTest {
    private static final long TIME = 1_790_000_000_000_000_000L;
    private static final String POD = "6d4cf56d-0000-4000-8000-000000000001";
    private static final String CONTAINER = "c".repeat(64);
    private static final int S_IFDIR = 0040000;

    static List<Arguments> events() {
        return List.of(
                of("evt.type in (symlink, symlinkat) and evt.arg.target = /etc/shadow and fs.path.target = /tmp/a",
                        "res=0 target=/etc/shadow linkpath=/tmp/a",
                        (b, p) -> b.add(change(b, p, "symlinkat", "/tmp/a", "/etc/shadow").build())),
                of("evt.type = rename and fs.path.source = /a and fs.path.target = /b and evt.arg.newpath = /b",
                        "res=0 oldpath=/a newpath=/b flags=0",
                        (b, p) -> b.add(change(b, p, "rename", "/a", "/b").build())),
                of("evt.type = fchmodat and evt.arg.mode contains S_ISUID and fs.path.name = /tmp/x and evt.failed = true",
                        "res=EPERM filename=/tmp/x mode=S_IXUSR|S_ISUID",
                        (b, p) -> b.add(change(b, p, "fchmodat", "/tmp/x", "").setMode(04100).setResult(-1).build())),
                of("evt.type = unlinkat and fs.path.nameraw = ../x and fs.path.name = /x", "res=0 name=/x flags=0",
                        (b, p) -> b.add(change(b, p, "unlinkat", "/x", "").setRawPath(b.string("../x")).build())),
                of("evt.type = openat and fd.nameraw contains ../ and fd.name = /etc/shadow and fd.type = directory",
                        "fd=3 name=/etc/shadow flags=O_RDONLY mode=0 res=3",
                        (b, p) -> b.add(Open.newBuilder().setTime(TIME).setProcess(p).setPath(b.string("/etc/shadow"))
                                .setRawPath(b.string("../etc/shadow")).setFileType(S_IFDIR).setFlags(0).setResult(3)
                                .build())),
                of("evt.type = socket and evt.arg.domain contains AF_PACKET and fd.type = packet",
                        "fd=4 domain=17(AF_PACKET) type=3(SOCK_RAW) proto=768",
                        (b, p) -> b.add(socket(b, p, "socket").setFamily(17).setType(3).setProtocol(768).setResult(4)
                                .build())),
                of("evt.type = bind and fd.lport = 4444 and fd.is_server = true and fd.name = 0.0.0.0:4444",
                        "res=0 addr=0.0.0.0:4444 fd=4",
                        (b, p) -> b.add(socket(b, p, "bind").setLocalAddress(b.string("0.0.0.0")).setLocalPort(4444)
                                .build())),
                of("evt.type = accept4 and fd.cip = 10.0.0.9 and fd.sport = 8080 and fd.name = 10.0.0.9:5->10.0.0.1:8080",
                        "fd=0 tuple=10.0.0.9:5->10.0.0.1:8080",
                        (b, p) -> b.add(socket(b, p, "accept4").setLocalAddress(b.string("10.0.0.1")).setLocalPort(8080)
                                .setRemoteAddress(b.string("10.0.0.9")).setRemotePort(5).build())),
                of("evt.type in (sendto, sendmsg) and fd.l4proto = udp and fd.connected = false and fd.name_changed = true"
                                + " and fd.snet in (203.0.113.0/24)",
                        "res=0 fd=4 size=12 tuple=0.0.0.0:0->203.0.113.7:53",
                        (b, p) -> b.add(socket(b, p, "sendto").setType(2).setSize(12)
                                .setRemoteAddress(b.string("203.0.113.7")).setRemotePort(53).build())),
                of("evt.type = connect and fd.l4proto = tcp and fd.cport = 50000 and fd.lip = 10.0.0.1 and fd.num = 7",
                        "res=0 tuple=10.0.0.1:50000->10.0.0.2:443 fd=7",
                        (b, p) -> b.add(connect(b, p, "10.0.0.2").build())),
                of("evt.type in (dup, dup2, dup3) and evt.rawres in (0, 1, 2) and fd.type in (\"ipv4\", \"ipv6\")"
                                + " and fd.sip = 10.0.0.2",
                        "res=1 oldfd=7 newfd=1 fd=7",
                        (b, p) -> b.add(Dup.newBuilder().setTime(TIME).setProcess(p).setCall(b.string("dup2")).setFd(7)
                                .setResult(1).setFdType(b.string("ipv4")).setRemoteAddress(b.string("10.0.0.2"))
                                .setRemotePort(443).build())),
                of("evt.type = ptrace and evt.arg.request contains PTRACE_ATTACH and evt.arg.pid = 77",
                        "res=0 request=PTRACE_ATTACH pid=77",
                        (b, p) -> b.add(call(b, p, "ptrace", List.of(16L, 9L)).setTargetPid(77).build())),
                of("evt.type = setuid and evt.arg.uid = 0", "res=0 uid=0",
                        (b, p) -> b.add(call(b, p, "setuid", List.of(0L)).build())),
                of("evt.type = unshare and evt.arg.flags contains CLONE_NEWUSER and evt.res = EPERM",
                        "res=EPERM flags=CLONE_NEWNS|CLONE_NEWUSER",
                        (b, p) -> b.add(call(b, p, "unshare", List.of(0x10020000L)).setResult(-1).build())),
                of("evt.type = mount and evt.arg.type = cgroup and evt.arg.dir = /mnt",
                        "res=0 flags=0 dev=none dir=/mnt type=cgroup",
                        (b, p) -> b.add(call(b, p, "mount", List.of(0L, 0L, 0L, 0L))
                                .setTexts(b.strings(List.of("none", "/mnt", "cgroup"))).build())),
                of("dns.name endswith .evil.example and dns.type = TXT and dns.response = true and dns.answers contains cmd"
                                + " and dns.server = 10.0.0.53",
                        "<NA>",
                        (b, p) -> b.add(Dns.newBuilder().setTime(TIME).setProcess(p).setResponse(true)
                                .setName(b.string("x.evil.example")).setType(16).setAnswers(b.strings(List.of("cmd=id")))
                                .setServerAddress(b.string("10.0.0.53")).setServerPort(53).build())),
                of("evt.type = connect and fd.sip.name = kubernetes.default.svc.cluster.local",
                        "res=0 tuple=10.0.0.1:50000->10.96.0.1:443 fd=7", (b, p) -> {
                            b.add(Dns.newBuilder().setTime(TIME).setProcess(p).setResponse(true)
                                    .setName(b.string("kubernetes.default.svc.cluster.local")).setType(1)
                                    .setAnswers(b.strings(List.of("alias.example", "10.96.0.1"))).build());
                            b.add(connect(b, p, "10.96.0.1").setTime(TIME + 1).build());
                        }),
                of("evt.type = execve and proc.tty != 0 and user.loginuid = 1001 and thread.cap_effective contains"
                                + " CAP_SYS_ADMIN and proc.is_exe_writable = true and proc.env[LD_PRELOAD] = /tmp/x.so"
                                + " and proc.exe_ino.ctime_duration_proc_start = 5 and proc.is_sid_leader = true"
                                + " and container.privileged = true and proc.sname = sh",
                        "res=0 exe=sh args=-i cwd=/ comm=sh env=LD_PRELOAD=/tmp/x.so tty=34816 loginuid=1001"
                                + " cap_effective=CAP_SYS_ADMIN filename=/bin/sh",
                        (b, p) -> b.add(Exec.newBuilder().setTime(TIME).setProcess(p).setParentPid(1).setParentStartTime(1)
                                .setExe(b.string("/bin/sh")).setArgs(b.strings(List.of("sh", "-i"))).setCwd(b.string("/"))
                                .setTty(34816).setLoginUid(1001).setSession(100).setProcessGroup(100)
                                .setCapEffective(1L << 21).setFlags(EventBits.EXEC_WRITABLE)
                                .setExeChangeTime(TIME - 5).setEnvironment(b.strings(List.of("LD_PRELOAD=/tmp/x.so")))
                                .build())));
    }

    @ParameterizedTest
    @MethodSource("events")
    void aRuleAboutTheEventFires(String condition, String arguments, BiConsumer<EventBatchBuilder, Integer> events)
            throws Exception {
        // Given
        RuleSet rules = RuleSet.load(List.of(new RuleSource("test.yaml", ("- rule: r\n  desc: d\n  priority: INFO\n"
                + "  output: '%evt.args'\n  condition: >\n    " + condition + "\n").getBytes(StandardCharsets.UTF_8))), LoadMode.STRICT);
        List<String> outputs = new ArrayList<>();
        RuleTrial trial = new RuleTrial(rules, 100, new RuleTrial.Listener() {
            @Override
            public void hit(Hit hit, long time) {
                outputs.add(hit.output());
            }

            @Override
            public void failed(EventView event, RuntimeException problem) {
                throw problem;
            }
        });
        trial.metadata(new PodMetadata("prod", POD, "shop", "orders-1", "node-1", "Deployment", "orders", "default",
                Map.of(), List.of(new ContainerMetadata(CONTAINER, "orders", "shop/orders:1", "", true, 0L)), false, 0L,
                false, false, false));
        EventBatchBuilder builder = new EventBatchBuilder();
        events.accept(builder, builder.process(100, 7, 5_000L, CONTAINER, "sh", 0, 0));
        EventBatch batch = builder.build();
        batch.setPodUid(POD);

        // When
        trial.batch(batch);

        // Then
        assertThat(outputs).containsExactly(arguments);
    }

    private static Arguments of(String condition, String arguments, BiConsumer<EventBatchBuilder, Integer> events) {
        return Arguments.of(condition, arguments, events);
    }

    private static FileChange.Builder change(EventBatchBuilder batch, int process, String call, String path, String second) {
        return FileChange.newBuilder().setTime(TIME).setProcess(process).setCall(batch.string(call))
                .setPath(batch.string(path)).setSecondPath(batch.string(second)).setResult(0);
    }

    private static SocketCall.Builder socket(EventBatchBuilder batch, int process, String call) {
        return SocketCall.newBuilder().setTime(TIME).setProcess(process).setCall(batch.string(call)).setFd(4).setFamily(2)
                .setType(1).setResult(0);
    }

    private static Connect.Builder connect(EventBatchBuilder batch, int process, String address) {
        return Connect.newBuilder().setTime(TIME).setProcess(process).setFamily(2).setAddress(batch.string(address))
                .setPort(443).setResult(0).setFd(7).setType(1).setProtocol(6).setLocalAddress(batch.string("10.0.0.1"))
                .setLocalPort(50000);
    }

    private static Call.Builder call(EventBatchBuilder batch, int process, String call, List<Long> arguments) {
        return Call.newBuilder().setTime(TIME).setProcess(process).setCall(batch.string(call)).setArguments(arguments)
                .setResult(0L);
    }
}
