package io.kubeguardian.ingest.tetragon;

import io.kubeguardian.collector.batch.OpenBatch;
import io.kubeguardian.ingest.NodeBatches;
import io.kubeguardian.ingest.json.Bounds;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.EventClass;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Foreign;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.SocketCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds the events of one process at one time to the batch of its pod. Texts are kept within bounds. */
final class EventWriter {
    static final int LONGEST_PATH = 4096;
    /** Of an event's numbers, about. */
    private static final int EVENT_BYTES = 64;

    private final NodeBatches batches;
    private final String node;
    private final String bootId;
    private final String podUid;
    private final TetragonProcess process;
    private final Identity identity;
    private final long time;

    /** @param time nanoseconds since the Unix epoch */
    EventWriter(NodeBatches batches, String node, String bootId, String podUid, TetragonProcess process,
            Identity identity, long time) {
        this.batches = batches;
        this.node = node;
        this.bootId = bootId;
        this.podUid = podUid;
        this.process = process;
        this.identity = identity;
        this.time = time;
    }

    private interface Addition {
        void to(EventBatchBuilder batch, int process);
    }

    private void add(EventClass eventClass, int textLength, Addition addition) {
        OpenBatch open = batches.open(node, bootId, podUid);
        EventBatchBuilder batch = open.builder();
        int own = batch.process(identity.pid(), process.containerPid(), identity.startTime(), process.container(),
                process.comm(), process.uid(), process.gid());
        addition.to(batch, own);
        batches.added(node, open, eventClass, EVENT_BYTES + textLength);
    }

    String workingDirectory() {
        return process.workingDirectory();
    }

    /**
     * The process runs its program.
     *
     * @param flags beside those that Tetragon's own tell
     * @param more sets what is known only at an exec; its time, process and strings must not be touched
     */
    void exec(int flags, List<String> environment, java.util.function.Consumer<Exec.Builder> more) {
        int length = process.args().stream().mapToInt(String::length).sum() + process.exe().length()
                + process.workingDirectory().length() + environment.stream().mapToInt(String::length).sum();
        add(EventClass.PRECIOUS, length, (batch, own) -> {
            Exec.Builder exec = Exec.newBuilder()
                    .setTime(time)
                    .setProcess(own)
                    .setParentPid(identity.parentPid())
                    .setParentStartTime(identity.parentStartTime())
                    .setExe(batch.string(process.exe()))
                    .setArgs(batch.strings(process.args()))
                    .setCwd(batch.string(process.workingDirectory()))
                    .setFlags(process.execFlags() | flags)
                    .setLoginUid(process.loginUid())
                    .setEnvironment(batch.strings(environment));
            more.accept(exec);
            batch.add(exec.build());
        });
    }

    /** The process was forked by one that is known. */
    void forkedBy(TetragonProcess parent, Identity parentIdentity) {
        OpenBatch open = batches.open(node, bootId, podUid);
        EventBatchBuilder batch = open.builder();
        int own = batch.process(parentIdentity.pid(), parent.containerPid(), parentIdentity.startTime(),
                parent.container(), parent.comm(), parent.uid(), parent.gid());
        batch.addFork(time, own, identity.pid(), process.containerPid(), identity.startTime());
        batches.added(node, open, EventClass.PRECIOUS, EVENT_BYTES);
    }

    /** @param status as of wait(2) */
    void exit(int status) {
        add(EventClass.PRECIOUS, 0, (batch, own) -> batch.addExit(time, own, status));
    }

    /** @param flags of open(2) */
    void open(FilePath file, int flags, int mode, int result) {
        add(EventClass.BULK, file.path().length(), (batch, own) -> batch.add(Open.newBuilder()
                .setTime(time)
                .setProcess(own)
                .setPath(batch.string(file.path()))
                .setRawPath(batch.string(file.raw()))
                .setFlags(flags)
                .setMode(mode)
                .setResult(result)
                .setPathFlags(file.flags())
                .setFileType(file.type())
                .build()));
    }

    void fileChange(String call, FilePath first, FilePath second, int[] modeOwnerGroup, int flags, int result) {
        add(EventClass.BULK, first.path().length() + second.path().length(), (batch, own) -> batch.add(
                FileChange.newBuilder()
                        .setTime(time)
                        .setProcess(own)
                        .setCall(batch.string(call))
                        .setPath(batch.string(first.path()))
                        .setRawPath(batch.string(first.raw()))
                        .setSecondPath(batch.string(second.path()))
                        .setRawSecondPath(batch.string(second.raw()))
                        .setMode(modeOwnerGroup[0])
                        .setOwner(modeOwnerGroup[1])
                        .setGroup(modeOwnerGroup[2])
                        .setFlags(flags)
                        .setResult(result)
                        .setPathFlags(first.flags() | second.flags() << 2) // the second's bits are the same, two higher
                        .build()));
    }

    void connect(SocketEnds socket, int fd, int result) {
        add(EventClass.PRECIOUS, 0, (batch, own) -> batch.add(Connect.newBuilder()
                .setTime(time)
                .setProcess(own)
                .setFamily(socket.family())
                .setAddress(batch.string(socket.remoteAddress()))
                .setPort(socket.remotePort())
                .setResult(result)
                .setFd(fd)
                .setType(socket.type())
                .setProtocol(socket.protocol())
                .setLocalAddress(batch.string(socket.localAddress()))
                .setLocalPort(socket.localPort())
                .build()));
    }

    void socketCall(String call, SocketEnds socket, int fd, long size, int result) {
        add(EventClass.BULK, 0, (batch, own) -> batch.add(SocketCall.newBuilder()
                .setTime(time)
                .setProcess(own)
                .setCall(batch.string(call))
                .setFd(fd)
                .setFamily(socket.family())
                .setType(socket.type())
                .setProtocol(socket.protocol())
                .setLocalAddress(batch.string(socket.localAddress()))
                .setLocalPort(socket.localPort())
                .setRemoteAddress(batch.string(socket.remoteAddress()))
                .setRemotePort(socket.remotePort())
                .setSize(size)
                .setResult(result)
                .build()));
    }

    void dns(boolean response, int code, String name, int type, List<String> answers) {
        add(EventClass.PRECIOUS, name.length(), (batch, own) -> batch.add(Dns.newBuilder()
                .setTime(time)
                .setProcess(own)
                .setResponse(response)
                .setResponseCode(code)
                .setName(batch.string(name))
                .setType(type)
                .setAnswers(batch.strings(answers))
                .build()));
    }

    void dup(String call, int fd, int result) {
        add(EventClass.BULK, 0, (batch, own) -> batch.add(Dup.newBuilder()
                .setTime(time)
                .setProcess(own)
                .setCall(batch.string(call))
                .setFd(fd)
                .setResult(result)
                .build()));
    }

    void call(String call, List<Long> arguments, List<String> texts, int targetPid, long result) {
        List<String> bounded = new ArrayList<>();
        texts.forEach(text -> bounded.add(Bounds.cut(text, LONGEST_PATH)));
        add(EventClass.PRECIOUS, bounded.stream().mapToInt(String::length).sum(), (batch, own) -> batch.add(
                Call.newBuilder()
                        .setTime(time)
                        .setProcess(own)
                        .setCall(batch.string(call))
                        .setArguments(arguments)
                        .setTexts(batch.strings(bounded))
                        .setTargetPid(targetPid)
                        .setResult(result)
                        .build()));
    }

    /** What has no place elsewhere. @param event Tetragon's word for it */
    void foreign(String event, Map<String, String> fields) {
        Map<String, String> kept = Bounds.unmapped(fields);
        int length = kept.values().stream().mapToInt(String::length).sum();
        add(EventClass.BULK, length, (batch, own) -> batch.add(new Foreign(time, own,
                batch.string(Bounds.cut("tetragon/" + event, 256)), batch.strings(List.copyOf(kept.keySet())),
                batch.strings(List.copyOf(kept.values())))));
    }
}
