package io.kubeguardian.ingest.tetragon;

import static io.kubeguardian.ingest.Collected.process;
import static io.kubeguardian.ingest.Collected.text;
import static io.kubeguardian.ingest.Collected.texts;
import static io.kubeguardian.ingest.ForeignSensor.TETRAGON;
import static io.kubeguardian.ingest.tetragon.Export.SECOND;
import static io.kubeguardian.ingest.tetragon.Export.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.ingest.Collected;
import io.kubeguardian.ingest.MalformedLineException;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Exit;
import io.kubeguardian.schema.Foreign;
import io.kubeguardian.schema.Fork;
import io.kubeguardian.schema.LossCause;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.ProcessEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes: who they are, what they run, how they end, whose they are. */
class TetragonEventsTest {
    private final Export export = new Export(1_780_000_000L);
    private final Collected collected = new Collected();
    private final Export.Process server = export.process(5 * SECOND, 1100, "/srv/orders", "--port 80").flags("procFS auid");
    private final Export.Process shell =
            export.process(9 * SECOND, 1200, "/bin/sh", "-c \"cat /etc/passwd\"").parent(server);

    @Test
    void anExecHasItsProgramArgumentsAndParent() throws Exception {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell, server);

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Exec exec = exec(batch, "/bin/sh");
        assertThat(texts(batch, exec.getArgs())).containsExactly("/bin/sh", "-c", "cat /etc/passwd");
        assertThat(text(batch, exec.getCwd())).isEqualTo("/srv");
        assertThat(exec.getParentPid()).isEqualTo(1100);
        assertThat(exec.getParentStartTime()).isEqualTo(5 * SECOND);
        assertThat(exec.getFlags()).isZero();
        assertThat(exec.getEffectiveUid()).isEqualTo(1000);
        assertThat(exec.getLoginUid()).isEqualTo(-1);
        assertThat(batch.getBaseTime() + exec.getTime()).isEqualTo(export.bootNanos + 9 * SECOND);
        ProcessEntry process = process(batch, exec.getProcess());
        assertThat(process.getPid()).isEqualTo(1200);
        assertThat(process.getStartTime()).isEqualTo(9 * SECOND);
        assertThat(process.getContainerPid()).isEqualTo(200);
        assertThat(process.getUid()).isEqualTo(1000);
        assertThat(text(batch, process.getComm())).isEqualTo("sh");
        assertThat(text(batch, process.getContainer())).isEqualTo(Export.CONTAINER);
    }

    @Test
    void aParentThatWasThereBeforeIsToldOnceAsFoundRunning() throws Exception {
        Export.Process other = export.process(11 * SECOND, 1201, "/bin/ls", "").parent(server);

        EventBatch batch = collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, server)),
                bytes(export.event("process_exec", 11 * SECOND, other, server))).batch();

        assertThat(batch.getExecs()).extracting(e -> text(batch, e.getExe()))
                .containsExactly("/srv/orders", "/bin/sh", "/bin/ls");
        Exec found = exec(batch, "/srv/orders");
        assertThat(found.getFlags()).isEqualTo(EventBits.EXEC_FOUND_RUNNING);
        assertThat(found.getTime()).isZero(); // before its child, at the time at which it was found
    }

    @Test
    void batchesAreNumberedAsACollectorsAre() throws Exception {
        collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, server)));

        collected.take(TETRAGON, bytes(export.event("process_exit", 10 * SECOND, shell, server)));

        assertThat(collected.batches).extracting(EventBatch::getPodSequence).containsExactly(0L, 1L);
        assertThat(collected.batches).extracting(EventBatch::getNodeSequence).containsExactly(0L, 1L);
        assertThat(collected.batches).extracting(EventBatch::getEpoch).containsOnly(1_790_000_000_000L);
        assertThat(collected.batches).allSatisfy(batch -> {
            assertThat(batch.getCluster()).isEqualTo("prod");
            assertThat(batch.getNode()).isEqualTo(Export.NODE);
            assertThat(batch.getPodUid()).isEqualTo(Export.POD_UID);
        });
        assertThat(collected.batches.get(0).getBootId()).isEqualTo(collected.batches.get(1).getBootId()).isNotEmpty();
    }

    @Test
    void aProgramThatReplacesAnotherIsTheSameProcessWithTheSameParent() throws Exception {
        // sh -c execs what it was given without a fork: in Tetragon's words the shell is its parent
        Export.Process cat = export.process(10 * SECOND, 1200, "/bin/cat", "/etc/passwd").parent(shell).flags("execve");

        EventBatch batch = collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, server)),
                bytes(export.event("process_exec", 10 * SECOND, cat, shell))).batch();

        Exec exec = exec(batch, "/bin/cat");
        assertThat(process(batch, exec.getProcess()).getStartTime()).isEqualTo(9 * SECOND);
        assertThat(exec.getParentPid()).isEqualTo(1100);
        assertThat(exec.getParentStartTime()).isEqualTo(5 * SECOND);
    }

    @Test
    void thatIsKnownFromTheEventAloneToo() throws Exception {
        Export.Process cat = export.process(10 * SECOND, 1200, "/bin/cat", "/etc/passwd").parent(shell).flags("execve");

        EventBatch batch = collected.take(TETRAGON, bytes(export.event("process_exec", 10 * SECOND, cat, shell))).batch();

        assertThat(process(batch, exec(batch, "/bin/cat").getProcess()).getStartTime()).isEqualTo(9 * SECOND);
        assertThat(batch.getExecs()).hasSize(1); // the shell that it was before runs no more
    }

    @Test
    void aForkThatActsIsToldAndItsExecIsStillTheSameProcess() throws Exception {
        Export.Process forked = export.process(20 * SECOND, 1300, "/bin/sh", "-c \"cat /etc/passwd\"").parent(shell)
                .flags("clone");
        Export.Process exec = export.process(21 * SECOND, 1300, "/bin/nc", "").parent(shell);

        EventBatch batch = collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, server)),
                bytes(export.kprobe(20 * SECOND, forked, shell, "fd_install", "[{\"int_arg\": 3}, {\"file_arg\":"
                        + " {\"path\": \"/etc/hosts\"}}]")),
                bytes(export.event("process_exec", 21 * SECOND, exec, shell))).batch();

        Fork fork = batch.getForks().get(0);
        assertThat(process(batch, fork.getProcess()).getPid()).isEqualTo(1200);
        assertThat(fork.getChildPid()).isEqualTo(1300);
        assertThat(fork.getChildStartTime()).isEqualTo(20 * SECOND);
        assertThat(process(batch, batch.getOpens().get(0).getProcess()).getStartTime()).isEqualTo(20 * SECOND);
        assertThat(process(batch, exec(batch, "/bin/nc").getProcess()).getStartTime()).isEqualTo(20 * SECOND);
    }

    @Test
    void aParentOutsideThePodIsNoStrangerInIt() throws Exception {
        Export.Process shim = export.process(SECOND, 900, "/usr/bin/containerd-shim-runc-v2", "").outsideAnyPod();
        Export.Process entrypoint = export.process(2 * SECOND, 1100, "/srv/orders", "").parent(shim);

        collected.take(TETRAGON, bytes(export.event("process_exec", 2 * SECOND, entrypoint, shim)));

        assertThat(collected.batches).extracting(EventBatch::getPodUid).containsExactlyInAnyOrder("", Export.POD_UID);
        EventBatch own = collected.batches.stream().filter(b -> !b.getPodUid().isEmpty()).findFirst().orElseThrow();
        assertThat(own.getExecs()).hasSize(1);
        assertThat(own.getExecs().get(0).getParentPid()).isEqualTo(900);
    }

    @Test
    void factsThatOnlyAnExecTellsHaveTheirPlaces() throws Exception {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell, server);
        ObjectNode process = (ObjectNode) line.at("/process_exec/process");
        process.put("auid", 1000);
        process.set("cap", Export.json("{\"permitted\": [\"CAP_CHOWN\", \"CAP_SYS_ADMIN\"], \"effective\": [\"CAP_BPF\"]}"));
        process.set("process_credentials", Export.json("{\"uid\": 1, \"gid\": 2, \"euid\": 1000, \"egid\": 4}"));
        process.set("environment_variables", Export.json("[{\"key\": \"LD_PRELOAD\", \"value\": \"/tmp/a.so\"}]"));
        process.put("binary", "/proc/self/fd/5");
        process.set("binary_properties", Export.json("{\"file\": {\"inode\": {\"number\": \"77\", \"links\": 0}}}"));

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Exec exec = exec(batch, "/proc/self/fd/5");
        assertThat(exec.getCapPermitted()).isEqualTo(1L | 1L << 21);
        assertThat(exec.getCapEffective()).isEqualTo(1L << 39);
        assertThat(process(batch, exec.getProcess()).getUid()).isEqualTo(1);
        assertThat(process(batch, exec.getProcess()).getGid()).isEqualTo(2);
        assertThat(exec.getEffectiveUid()).isEqualTo(1000);
        assertThat(exec.getEffectiveGid()).isEqualTo(4);
        assertThat(exec.getLoginUid()).isEqualTo(1000);
        assertThat(texts(batch, exec.getEnvironment())).containsExactly("LD_PRELOAD=/tmp/a.so");
        assertThat(exec.getExeInode()).isEqualTo(77);
        assertThat(exec.getFlags()).isEqualTo(EventBits.EXEC_MEMFD);
    }

    @ParameterizedTest
    @CsvSource({
        "execve clone truncArgs, 1",
        "execve clone errorFilename, 16",
        "execve errorCWD, 16",
        "procFS auid rootcwd, 32",
    })
    void whatWasCutOrFoundIsSaid(String flags, int bits) throws Exception {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell.flags(flags), null);

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        assertThat(exec(batch, "/bin/sh").getFlags()).isEqualTo(bits);
    }

    @Test
    void argumentsWithoutEndAreCutAndThatIsSaid() throws Exception {
        Export.Process flood = export.process(9 * SECOND, 1200, "/bin/echo", "x".repeat(100_000));

        EventBatch batch = collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, flood, null))).batch();

        Exec exec = exec(batch, "/bin/echo");
        assertThat(exec.getFlags()).isEqualTo(EventBits.EXEC_ARGS_TRUNCATED);
        assertThat(texts(batch, exec.getArgs()).get(1)).hasSize(4097).endsWith("…");
    }

    @ParameterizedTest
    @CsvSource({
        "'',       0, 0",
        "'',       3, 768",
        "SIGKILL,  0, 9",
        "SIGTERM,  0, 15",
        "SIGFOO,   1, 256",
    })
    void anExitHasItsWaitStatus(String signal, int code, int status) throws Exception {
        ObjectNode line = export.event("process_exit", 10 * SECOND, shell, server);
        ObjectNode event = (ObjectNode) line.get("process_exit");
        event.put("time", export.wall(10 * SECOND));
        if (!signal.isEmpty()) {
            event.put("signal", signal);
        }
        if (code != 0) {
            event.put("status", code);
        }

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Exit exit = batch.getExits().get(0);
        assertThat(exit.getStatus()).isEqualTo(status);
        assertThat(process(batch, exit.getProcess()).getPid()).isEqualTo(1200);
    }

    @Test
    void aLoadedLibraryIsAFileThatWasOpened() throws Exception {
        ObjectNode line = export.event("process_loader", 10 * SECOND, shell, null);
        ((ObjectNode) line.get("process_loader")).put("path", "/tmp/evil.so").put("buildid", "aGVsbG8=");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Open open = batch.getOpens().get(0);
        assertThat(text(batch, open.getPath())).isEqualTo("/tmp/evil.so");
        Foreign kept = batch.getForeign().get(0);
        assertThat(text(batch, kept.getEvent())).isEqualTo("tetragon/process_loader");
        assertThat(texts(batch, kept.getNames())).containsExactly("process_loader.buildid");
        assertThat(texts(batch, kept.getValues())).containsExactly("aGVsbG8=");
    }

    @Test
    void aNameLookedUpIsADnsMessage() throws Exception {
        ObjectNode line = export.event("process_dns", 10 * SECOND, shell, null);
        ((ObjectNode) line.get("process_dns")).set("dns", Export.json("{\"names\": [\"Evil.example.\"], \"response\": true,"
                + " \"rcode\": 0, \"question_types\": [28], \"ips\": [\"2001:db8::1\"]}"));

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Dns dns = batch.getDns().get(0);
        assertThat(text(batch, dns.getName())).isEqualTo("evil.example");
        assertThat(dns.getResponse()).isTrue();
        assertThat(dns.getType()).isEqualTo(28);
        assertThat(texts(batch, dns.getAnswers())).containsExactly("2001:db8::1");
    }

    @Test
    void aPodIsDescribedOnceBeforeItsEventsAndAgainWhenMoreIsKnown() throws Exception {
        ObjectNode first = export.event("process_exec", 9 * SECOND, shell, server);
        ObjectNode sidecar = export.event("process_exec", 10 * SECOND, shell, server);
        ((ObjectNode) sidecar.at("/process_exec/process/pod/container")).put("id", "containerd://" + "ef".repeat(32))
                .put("name", "proxy");

        collected.take(TETRAGON, bytes(first), bytes(first), bytes(sidecar), bytes(first));

        assertThat(collected.pods).hasSize(2);
        PodMetadata pod = collected.pods.get(0);
        assertThat(pod.getUid()).isEqualTo(Export.POD_UID);
        assertThat(pod.getNamespace()).isEqualTo("shop");
        assertThat(pod.getName()).isEqualTo("orders-7d9-x2x4z");
        assertThat(pod.getNode()).isEqualTo(Export.NODE);
        assertThat(pod.getWorkloadKind()).isEqualTo("Deployment");
        assertThat(pod.getWorkloadName()).isEqualTo("orders");
        assertThat(pod.getLabels()).containsEntry("app", "orders");
        assertThat(pod.getContainers().get(0).getId()).isEqualTo(Export.CONTAINER);
        assertThat(pod.getContainers().get(0).getPrivileged()).isTrue();
        assertThat(pod.getContainers().get(0).getStartedAt()).isEqualTo(1_780_000_000_000L);
        assertThat(pod.getContainers().get(0).getImage()).isEqualTo("docker.io/shop/orders:1.2");
        assertThat(pod.getContainers().get(0).getImageDigest()).isEqualTo("sha256:" + "cd".repeat(32));
        assertThat(collected.pods.get(1).getContainers()).extracting(c -> c.getName()).containsExactly("orders", "proxy");
    }

    @Test
    void aPodWithoutItsUidHasOneMadeOfItsName() throws Exception {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell, null);
        ((ObjectNode) line.at("/process_exec/process/pod")).remove("uid");
        Collected again = new Collected();

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        String uid = batch.getPodUid();
        assertThat(java.util.UUID.fromString(uid).version()).isEqualTo(3);
        assertThat(again.take(TETRAGON, bytes(line)).batch().getPodUid()).isEqualTo(uid);
        assertThat(collected.pods.get(0).getUid()).isEqualTo(uid);
    }

    @Test
    void eventsThatTetragonLeftOutAreLosses() throws Exception {
        ObjectNode limit = (ObjectNode) Export.json("{\"rate_limit_info\": {\"number_of_dropped_process_events\": \"41\"}}");
        limit.put("node_name", Export.NODE).put("time", export.wall(10 * SECOND));
        ObjectNode throttle = (ObjectNode) Export.json(
                "{\"process_throttle\": {\"type\": \"THROTTLE_START\", \"cgroup\": \"session-429.scope\"}}");
        throttle.put("node_name", Export.NODE).put("time", export.wall(10 * SECOND));

        collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, null)), bytes(limit),
                bytes(throttle), bytes(export.event("process_exit", 11 * SECOND, shell, null)));

        assertThat(collected.batch().getLosses()).hasSize(1);
        assertThat(collected.batch().getLosses().get(0).getCause()).isEqualTo(LossCause.OTHER);
        assertThat(collected.batch().getLosses().get(0).getCount()).isEqualTo(42);
    }

    @Test
    void unknownFieldsAndUnknownEventsAreKept() throws Exception {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell, null);
        line.putObject("node_labels").put("zone", "eu-1");
        ((ObjectNode) line.get("process_exec")).putObject("verdict").put("score", 7);
        ObjectNode unknown = export.event("process_teleport", 10 * SECOND, shell, null);
        ((ObjectNode) unknown.get("process_teleport")).put("to", "the moon");

        EventBatch batch = collected.take(TETRAGON, bytes(line), bytes(unknown)).batch();

        assertThat(batch.getForeign()).extracting(f -> text(batch, f.getEvent()))
                .containsExactly("tetragon/process_exec", "tetragon/process_teleport");
        assertThat(kept(batch, 0)).containsEntry("process_exec.verdict.score", "7").containsEntry("node_labels.zone", "eu-1")
                .containsEntry("process_exec.process.in_init_tree", "true");
        assertThat(kept(batch, 1)).containsExactlyEntriesOf(java.util.Map.of("process_teleport.to", "the moon"));
    }

    @Test
    void aNodeThatComesUpAgainHasAnotherBootIdAndEpoch() throws Exception {
        Export later = new Export(1_780_000_000L + 3600);
        Export.Process after = later.process(5 * SECOND, 1100, "/srv/orders", "");

        collected.take(TETRAGON, bytes(export.event("process_exec", 9 * SECOND, shell, null)),
                bytes(later.event("process_exec", 5 * SECOND, after, null)));

        assertThat(collected.batches).hasSize(2);
        assertThat(collected.batches).extracting(EventBatch::getBootId).doesNotHaveDuplicates();
        assertThat(collected.batches).extracting(EventBatch::getEpoch).doesNotHaveDuplicates().isSorted();
        assertThat(collected.batches).extracting(EventBatch::getPodSequence).containsOnly(0L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}                                                             | no event",
        "{\"process_exec\": null, \"time\": \"2026-01-01T00:00:00Z\"}   | no event",
        "{\"process_exec\": 7}                                          | process_exec is not an object",
        "{\"process_exec\": {}}                                         | process_exec.process.exec_id is missing",
        "{\"process_exec\": {\"process\": {\"pid\": 7}}}                | process_exec.process.exec_id is missing",
        "{\"process_exec\": {\"process\": {\"exec_id\": \"%%%\"}}}      | exec_id is not the base64 of node:ktime:pid",
        "{\"process_exec\": {\"process\": {\"exec_id\": \"YTpiOmM=\"}}} | exec_id is not the base64 of node:ktime:pid",
    })
    void whatIsNoEventIsRefusedWithAReason(String line, String reason) {
        assertThatThrownBy(() -> collected.take(TETRAGON, line.getBytes())).isInstanceOf(MalformedLineException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/process_exec/process/pid  | -1                     | pid is -1, must be from 0 to 2147483647",
        "/process_exec/process/pid  | 4294967296             | pid is 4294967296, must be from 0",
        "/process_exec/process/pid  | 99999999999999999999   | pid is not an integer of 64 bits",
        "/process_exec/process/pid  | 1.5                    | pid is not an integer",
        "/process_exec/process/pid  | 7                      | pid is 7, in exec_id it is 1200",
        "/process_exec/process/uid  | \"root\"               | uid is not an integer",
        "/process_exec/process/pod  | []                     | pod is not an object",
        "/process_exec/process/binary | {}                   | binary is not text",
        "/time                      | \"1969-12-31T23:59:59Z\" | time is before 1970",
        "/time                      | \"9999-12-31T23:59:59Z\" | time is a time too far away",
        "/time                      | \"yesterday\"            | time is not a time",
        "/time                      | \"\"                     | time is missing",
        "/process_exec/process/start_time | \"-5\"             | start_time is not a time",
    })
    void aFieldOutOfRangeIsNamed(String pointer, String value, String reason) {
        ObjectNode line = export.event("process_exec", 9 * SECOND, shell, server);
        int slash = pointer.lastIndexOf('/');
        ObjectNode in = (ObjectNode) (slash == 0 ? line : line.at(pointer.substring(0, slash)));
        in.set(pointer.substring(slash + 1), Export.json(value));

        assertThatThrownBy(() -> collected.take(TETRAGON, bytes(line))).isInstanceOf(MalformedLineException.class)
                .hasMessageContaining(reason);
    }

    private static Exec exec(EventBatch batch, String exe) {
        return batch.getExecs().stream().filter(e -> text(batch, e.getExe()).equals(exe)).findFirst().orElseThrow();
    }

    private static java.util.Map<String, String> kept(EventBatch batch, int index) {
        java.util.Map<String, String> kept = new java.util.HashMap<>();
        Foreign foreign = batch.getForeign().get(index);
        for (int i = 0; i < foreign.getNames().size(); i++) {
            kept.put(text(batch, foreign.getNames().get(i)), text(batch, foreign.getValues().get(i)));
        }
        return kept;
    }
}
