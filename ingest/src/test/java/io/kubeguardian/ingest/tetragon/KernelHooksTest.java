package io.kubeguardian.ingest.tetragon;

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
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Foreign;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.SocketCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hooks of TracingPolicies, with the arguments that the policies in Tetragon's examples record. */
class KernelHooksTest {
    private static final String SOCKET = "{\"sock_arg\": {\"family\": \"AF_INET\", \"type\": \"SOCK_STREAM\","
            + " \"protocol\": \"IPPROTO_TCP\", \"saddr\": \"10.0.0.7\", \"daddr\": \"203.0.113.9\", \"sport\": 40000,"
            + " \"dport\": 4444, \"cookie\": \"18446635827774821952\", \"state\": \"TCP_SYN_SENT\"}}";

    private final Export export = new Export(1_780_000_000L);
    private final Collected collected = new Collected();
    private final Export.Process shell = export.process(9 * SECOND, 1200, "/bin/sh", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        // function                 | arguments                                                        | flags | result
        "fd_install                 | {\"int_arg\": 5}, {\"file_arg\": {\"path\": \"/etc/shadow\"}}               | 0     | 5",
        "security_file_open         | {\"file_arg\": {\"path\": \"/etc/shadow\"}}                                 | 0     | 0",
        "security_file_permission   | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"int_arg\": 4}               | 0     | 0",
        "security_file_permission   | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"int_arg\": 2}               | 1     | 0",
        "security_file_permission   | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"int_arg\": 6}               | 2     | 0",
        "security_file_permission   | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"int_arg\": 10}              | 1025  | 0",
        "security_mmap_file         | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"uint_arg\": 3}              | 2     | 0",
        "__x64_sys_write            | {\"file_arg\": {\"path\": \"etc/shadow\"}}, {\"bytes_arg\": \"aGk=\"}       | 1     | 0",
        "__x64_sys_read             | {\"file_arg\": {\"path\": \"/etc/shadow\"}}, {\"size_arg\": \"65536\"}      | 0     | 0",
        "__x64_sys_openat           | {\"int_arg\": -100}, {\"string_arg\": \"/etc/shadow\"}, {\"int_arg\": 577}  | 577   | 0",
        "__arm64_sys_openat         | {\"string_arg\": \"/etc/shadow\"}, {\"int_arg\": 2}                         | 2     | 0",
        "sys_creat                  | {\"string_arg\": \"/etc/shadow\"}, {\"int_arg\": 420}                       | 577   | 0",
    })
    void filesAreOpened(String function, String arguments, int flags, int result) throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, function, "[" + arguments + "]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Open open = batch.getOpens().get(0);
        assertThat(text(batch, open.getPath())).isEqualTo("/etc/shadow");
        assertThat(open.getFlags()).isEqualTo(flags);
        assertThat(open.getResult()).isEqualTo(result);
        assertThat(batch.getCalls()).isEmpty();
    }

    @Test
    void anLsmHookIsTheSameAsTheFunctionOfItsName() throws Exception {
        ObjectNode line = export.event("process_lsm", 10 * SECOND, shell, null);
        ((ObjectNode) line.get("process_lsm")).put("function_name", "file_open").set("args", Export.json(
                "[{\"file_arg\": {\"path\": \"/etc/shadow\", \"permission\": \"-rw-r-----\"}}]"));

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        assertThat(text(batch, batch.getOpens().get(0).getPath())).isEqualTo("/etc/shadow");
        assertThat(batch.getOpens().get(0).getFileType()).isEqualTo(0100000);
    }

    @Test
    void aRelativePathIsResolvedWhereItsDirectoryIsKnown() throws Exception {
        EventBatch batch = collected.take(TETRAGON,
                bytes(export.kprobe(10 * SECOND, shell, null, "sys_openat",
                        "[{\"int_arg\": -100}, {\"string_arg\": \"a.txt\"}, {\"int_arg\": 0}]")),
                bytes(export.kprobe(11 * SECOND, shell, null, "sys_openat",
                        "[{\"int_arg\": 7}, {\"string_arg\": \"b.txt\"}, {\"int_arg\": 0}]"))).batch();

        Open known = batch.getOpens().get(0);
        assertThat(text(batch, known.getPath())).isEqualTo("/srv/a.txt");
        assertThat(text(batch, known.getRawPath())).isEqualTo("a.txt");
        Open unknown = batch.getOpens().get(1);
        assertThat(text(batch, unknown.getPath())).isEqualTo("b.txt");
        assertThat(unknown.getPathFlags()).isEqualTo(EventBits.OPEN_PATH_RELATIVE);
    }

    @Test
    void aRefusalByTheKernelOrByTetragonIsNoSuccess() throws Exception {
        ObjectNode returned = export.kprobe(10 * SECOND, shell, null, "security_file_permission",
                "[{\"file_arg\": {\"path\": \"/a\"}}, {\"int_arg\": 4}]");
        ((ObjectNode) returned.get("process_kprobe")).putObject("return").put("int_arg", -13);
        ObjectNode overridden = export.kprobe(11 * SECOND, shell, null, "sys_openat", "[{\"string_arg\": \"/b\"}]");
        ((ObjectNode) overridden.get("process_kprobe")).put("action", "KPROBE_ACTION_OVERRIDE");

        EventBatch batch = collected.take(TETRAGON, bytes(returned), bytes(overridden)).batch();

        assertThat(batch.getOpens()).extracting(Open::getResult).containsExactly(-13, -1);
        assertThat(texts(batch, batch.getForeign().get(1).getValues())).contains("KPROBE_ACTION_OVERRIDE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "__x64_sys_renameat2 | {\"int_arg\": -100}, {\"string_arg\": \"/a\"}, {\"int_arg\": -100}, {\"string_arg\": \"/b\"}, {\"uint_arg\": 2} | renameat2 | /a | /b | 0 | -1 | 2",
        "__x64_sys_rename    | {\"string_arg\": \"/a\"}, {\"string_arg\": \"b\"}                | rename    | /a      | /srv/b  | 0   | -1 | 0",
        "__x64_sys_linkat    | {\"int_arg\": -100}, {\"string_arg\": \"/etc/passwd\"}, {\"int_arg\": -100}, {\"string_arg\": \"/b\"}, {\"int_arg\": 0} | linkat | /etc/passwd | /b | 0 | -1 | 0",
        "sys_symlinkat       | {\"string_arg\": \"/etc/passwd\"}, {\"int_arg\": -100}, {\"string_arg\": \"l\"}       | symlinkat | /srv/l | /etc/passwd | 0 | -1 | 0",
        "sys_unlinkat        | {\"int_arg\": -100}, {\"string_arg\": \"/a\"}, {\"int_arg\": 512} | unlinkat  | /a      | ''      | 0   | -1 | 512",
        "sys_mkdir           | {\"string_arg\": \"/a\"}, {\"int_arg\": 493}                       | mkdir     | /a      | ''      | 493 | -1 | 0",
        "sys_fchmodat        | {\"int_arg\": -100}, {\"string_arg\": \"/a\"}, {\"int_arg\": 2541} | fchmodat  | /a      | ''      | 2541 | -1 | 0",
        "sys_fchmod          | {\"file_arg\": {\"path\": \"/a\"}}, {\"int_arg\": 2541}            | fchmod    | /a      | ''      | 2541 | -1 | 0",
        "security_path_truncate | {\"path_arg\": {\"path\": \"/a\"}}, {\"size_arg\": \"0\"}          | truncate  | /a      | ''      | 0   | -1 | 0",
        "sys_chown           | {\"string_arg\": \"/a\"}, {\"int_arg\": 0}, {\"int_arg\": 0}       | chown     | /a      | ''      | 0   | 0  | 0",
    })
    void theTreeOfFilesIsChanged(
            String function, String arguments, String call, String path, String second, int mode, int owner, int flags)
            throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, function, "[" + arguments + "]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        FileChange change = batch.getFileChanges().get(0);
        assertThat(text(batch, change.getCall())).isEqualTo(call);
        assertThat(text(batch, change.getPath())).isEqualTo(path);
        assertThat(text(batch, change.getSecondPath())).isEqualTo(second.equals("''") ? "" : second);
        assertThat(change.getMode()).isEqualTo(mode);
        assertThat(change.getOwner()).isEqualTo(owner);
        assertThat(change.getFlags()).isEqualTo(flags);
    }

    @Test
    void aTcpConnectionHasBothItsEndsAndIsUnderWay() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "tcp_connect", "[" + SOCKET + "]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Connect connect = batch.getConnects().get(0);
        assertThat(connect.getFamily()).isEqualTo(2);
        assertThat(connect.getType()).isEqualTo(1);
        assertThat(connect.getProtocol()).isEqualTo(6);
        assertThat(text(batch, connect.getAddress())).isEqualTo("203.0.113.9");
        assertThat(connect.getPort()).isEqualTo(4444);
        assertThat(text(batch, connect.getLocalAddress())).isEqualTo("10.0.0.7");
        assertThat(connect.getLocalPort()).isEqualTo(40000);
        assertThat(connect.getResult()).isEqualTo(-115);
        assertThat(texts(batch, batch.getForeign().get(0).getValues())).anyMatch(v -> v.contains("TCP_SYN_SENT"));
    }

    @Test
    void aConnectionBySystemCallHasItsDescriptorAndResult() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "__x64_sys_connect", "[{\"int_arg\": 3},"
                + " {\"sockaddr_arg\": {\"family\": \"AF_INET6\", \"addr\": \"2001:db8::9\", \"port\": 443}}]");
        ((ObjectNode) line.get("process_kprobe")).putObject("return").put("int_arg", -111);

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Connect connect = batch.getConnects().get(0);
        assertThat(connect.getFamily()).isEqualTo(10);
        assertThat(text(batch, connect.getAddress())).isEqualTo("2001:db8::9");
        assertThat(connect.getFd()).isEqualTo(3);
        assertThat(connect.getResult()).isEqualTo(-111);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp_close, close, 0", "tcp_sendmsg, sendmsg, 512", "inet_csk_listen_start, listen, 512",
        "tcp_recvmsg, recvmsg, 0", "inet_csk_accept, accept, 0",
    })
    void socketsAreUsed(String function, String call, long size) throws Exception {
        ObjectNode line =
                export.kprobe(10 * SECOND, shell, null, function, "[" + SOCKET + ", {\"int_arg\": 512}]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        SocketCall used = batch.getSocketCalls().get(0);
        assertThat(text(batch, used.getCall())).isEqualTo(call);
        assertThat(text(batch, used.getRemoteAddress())).isEqualTo("203.0.113.9");
        assertThat(used.getLocalPort()).isEqualTo(40000);
        assertThat(used.getSize()).isEqualTo(size);
    }

    @Test
    void aDatagramIsSent() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "ip_output", "[{\"skb_arg\": {\"len\": 77,"
                + " \"saddr\": \"10.0.0.7\", \"daddr\": \"10.0.0.10\", \"sport\": 5353, \"dport\": 53,"
                + " \"protocol\": \"IPPROTO_UDP\"}}]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        SocketCall sent = batch.getSocketCalls().get(0);
        assertThat(sent.getSize()).isEqualTo(77);
        assertThat(sent.getType()).isEqualTo(2);
        assertThat(sent.getProtocol()).isEqualTo(17);
        assertThat(sent.getRemotePort()).isEqualTo(53);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "__x64_sys_setuid      | {\"int_arg\": 0}                                                        | setuid         | 0        | ''",
        "__x64_sys_mount       | {\"string_arg\": \"proc\"}, {\"string_arg\": \"/mnt\"}, {\"string_arg\": \"proc\"}, {\"size_arg\": \"21\"}                  | mount          | 0,0,0,21 | proc,/mnt,proc",
        "security_sb_mount     | {\"string_arg\": \"tmpfs\"}, {\"path_arg\": {\"path\": \"/mnt\"}}       | mount          | 0,0      | tmpfs,/mnt",
        "__x64_sys_pivot_root  | {\"string_arg\": \"/new\"}, {\"string_arg\": \"/new/old\"}              | pivot_root     | 0,0      | /new,/new/old",
        "__x64_sys_setns       | {\"int_arg\": 4}, {\"int_arg\": 1073741824}                             | setns          | 4,1073741824 | ''",
        "__x64_sys_unshare     | {\"int_arg\": 268435456}                                                | unshare        | 268435456 | ''",
        "sys_memfd_create      | {\"string_arg\": \"x\"}, {\"uint_arg\": 1}                              | memfd_create   | 0,1      | x",
        "sys_clock_settime     | {\"size_arg\": \"18446744073709551615\"}                                | clock_settime  | -1       | ''",
        "do_init_module        | {\"module_arg\": {\"name\": \"rootkit\"}}                               | init_module    | 0        | rootkit",
        "free_module           | {\"module_arg\": {\"name\": \"rootkit\"}}                               | delete_module  | 0        | rootkit",
        "security_kernel_read_file | {\"file_arg\": {\"path\": \"/tmp/r.ko\"}}, {\"int_arg\": 2}         | finit_module   | 0,2      | /tmp/r.ko",
        "bpf_check             | {\"bpf_attr_arg\": {\"ProgType\": \"BPF_PROG_TYPE_KPROBE\", \"ProgName\": \"p\"}} | bpf   | 5       | BPF_PROG_TYPE_KPROBE,p",
        "tcp_connect           | {\"int_arg\": 1}                                                        | tcp_connect    | 1        | ''",
    })
    void otherCallsHaveTheirArguments(String function, String arguments, String call, String numbers, String texts)
            throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, function, "[" + arguments + "]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Call made = batch.getCalls().get(0);
        assertThat(text(batch, made.getCall())).isEqualTo(call);
        assertThat(made.getArguments().stream().map(String::valueOf)).containsExactly(split(numbers));
        assertThat(texts(batch, made.getTexts())).containsExactly(split(texts));
    }

    @Test
    void ptraceNamesItsTarget() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "__x64_sys_ptrace",
                "[{\"long_arg\": \"16\"}, {\"int_arg\": 1100}]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        assertThat(batch.getCalls().get(0).getTargetPid()).isEqualTo(1100);
    }

    @Test
    void aCopiedDescriptorIsADup() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "__x64_sys_dup2", "[{\"int_arg\": 3}, {\"int_arg\": 0}]");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Dup dup = batch.getDups().get(0);
        assertThat(text(batch, dup.getCall())).isEqualTo("dup2");
        assertThat(dup.getFd()).isEqualTo(3);
        assertThat(dup.getResult()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "syscalls     | sys_enter_unshare | [{\"size_arg\": \"268435456\"}]                                       | unshare",
        "syscalls     | sys_exit_setuid   | [{\"long_arg\": \"0\"}]                                               | setuid",
        "raw_syscalls | sys_enter         | [{\"syscall_id\": {\"id\": 101, \"abi\": \"x64\"}}, {\"size_arg\": 0}] | ptrace",
        "raw_syscalls | sys_enter         | [{\"long_arg\": \"101\"}, {\"size_arg\": 0}]                          | ptrace",
        "raw_syscalls | sys_enter         | [{\"syscall_id\": {\"id\": 26, \"abi\": \"i386\"}}]                   | i386_26",
    })
    void tracepointsOfSystemCallsAreCalls(String subsystem, String event, String arguments, String call) throws Exception {
        ObjectNode line = export.event("process_tracepoint", 10 * SECOND, shell, null);
        ((ObjectNode) line.get("process_tracepoint")).put("subsys", subsystem).put("event", event)
                .set("args", Export.json(arguments));

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        assertThat(batch.getCalls()).extracting(c -> text(batch, c.getCall())).containsExactly(call);
    }

    @Test
    void anUnknownFunctionIsKeptWithAllThatWasRecorded() throws Exception {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "commit_creds",
                "[{\"process_credentials_arg\": {\"uid\": 0, \"euid\": 0}}]");
        ((ObjectNode) line.get("process_kprobe")).put("message", "privileges raised").putArray("tags").add("T1548");

        EventBatch batch = collected.take(TETRAGON, bytes(line)).batch();

        Foreign kept = batch.getForeign().get(0);
        assertThat(text(batch, kept.getEvent())).isEqualTo("tetragon/process_kprobe/commit_creds");
        assertThat(texts(batch, kept.getNames())).containsExactlyInAnyOrder("process_kprobe.policy_name",
                "process_kprobe.args", "process_kprobe.message", "process_kprobe.tags");
        assertThat(texts(batch, kept.getValues())).contains("test-policy", "privileges raised", "[\"T1548\"]");
        assertThat(batch.getCalls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[{\"sock_arg\": {\"daddr\": \"evil.example\"}}]                 | daddr is not a numeric IP address",
        "[{\"sock_arg\": {\"daddr\": \"10.0.0.1\", \"dport\": 65536}}]   | dport is 65536, must be from 0 to 65535",
        "[{\"sock_arg\": {\"daddr\": \"10.0.0.1\", \"dport\": -1}}]      | dport is -1",
        "[{\"sock_arg\": 7}]                                            | sock_arg is not an object",
        "[7]                                                            | args is not an array of objects",
        "{}                                                             | args is not an array",
        "[{\"size_arg\": \"-1\"}]                                        | size_arg is not an integer of 64 bits without a sign",
        "[{\"int_arg\": {}}]                                            | int_arg is not an integer",
    })
    void argumentsThatAreNoneAreNamed(String arguments, String reason) {
        ObjectNode line = export.kprobe(10 * SECOND, shell, null, "tcp_connect", arguments);

        assertThatThrownBy(() -> collected.take(TETRAGON, bytes(line))).isInstanceOf(MalformedLineException.class)
                .hasMessageContaining(reason);
    }

    private static String[] split(String list) {
        return list.equals("''") ? new String[0] : list.split(",");
    }
}
