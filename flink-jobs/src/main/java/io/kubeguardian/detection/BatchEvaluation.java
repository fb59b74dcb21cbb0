package io.kubeguardian.detection;

import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.process.StateException;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Exit;
import io.kubeguardian.schema.Fork;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.ProcessEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes one batch through the process tree and the rules, event by event in the order of time. One object for all
 * batches of a subtask; it is also the view of the current event that rules get.
 */
final class BatchEvaluation implements BatchEvents.Visitor, EventView {
    /** What comes out. */
    interface Output {
        void hit(Hit hit, TreeProcess process, ContainerView container, long time);

        void observe(String kind, String item, TreeProcess process, ContainerView container, long time);

        /** A rule failed on an event, and the event's remaining rules with it. */
        void failed(EventView event, RuntimeException problem);
    }

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final ProcessTree tree;
    private final Detector detector;
    private final Output output;
    private final HitSink hits;

    private EventBatch batch;
    private PodContext pod;

    private EventType type;
    private long time;
    private TreeProcess process;
    private ContainerView container;
    private int result;
    private String path = "";
    private int openFlags;
    private int openMode;
    private int family;
    private String address = "";
    private int port;
    private int flags;

    BatchEvaluation(ProcessTree tree, Detector detector, Output output) {
        this.tree = tree;
        this.detector = detector;
        this.output = output;
        this.hits = hit -> output.hit(hit, process, container, time);
    }

    /** The batch must be valid, and the tree begun. */
    void run(EventBatch next, PodContext context) {
        batch = next;
        pod = context;
        BatchEvents.inOrder(next, this);
    }

    @Override
    public void fork(Fork event) {
        begin(EventType.FORK, event.getTime(), event.getProcess());
        tree.fork(process, event.getChildPid(), event.getChildContainerPid(), event.getChildStartTime(), time);
        judge();
    }

    @Override
    public void exec(Exec event) {
        begin(EventType.EXEC, event.getTime(), event.getProcess());
        List<String> args = new ArrayList<>(event.getArgs().size());
        for (int arg : event.getArgs()) {
            args.add(string(arg));
        }
        flags = event.getFlags();
        tree.exec(process, event.getParentPid(), event.getParentStartTime(), string(event.getExe()), args,
                string(event.getCwd()), flags, time);
        judge();
        output.observe("exec", string(event.getExe()), process, container, time);
    }

    @Override
    public void exit(Exit event) {
        begin(EventType.EXIT, event.getTime(), event.getProcess());
        result = event.getStatus();
        tree.exit(process, time);
        judge();
    }

    @Override
    public void open(Open event) {
        begin(EventType.OPEN, event.getTime(), event.getProcess());
        path = string(event.getPath());
        openFlags = event.getFlags();
        openMode = event.getMode();
        result = event.getResult();
        judge();
    }

    @Override
    public void connect(Connect event) {
        begin(EventType.CONNECT, event.getTime(), event.getProcess());
        family = event.getFamily();
        address = string(event.getAddress());
        port = event.getPort();
        result = event.getResult();
        flags = event.getFlags();
        judge();
        if (family == AF_INET) {
            output.observe("connect", address + ':' + port, process, container, time);
        } else if (family == AF_INET6) {
            output.observe("connect", '[' + address + "]:" + port, process, container, time);
        }
    }

    /** A rule that fails on some event must not stop the job, which would meet the event again and again. */
    private void judge() {
        try {
            detector.evaluate(this, hits);
        } catch (StateException e) {
            throw e;
        } catch (RuntimeException e) {
            output.failed(this, e);
        }
    }

    private void begin(EventType eventType, long offset, int processIndex) {
        ProcessEntry entry = batch.getProcesses().get(processIndex);
        type = eventType;
        time = batch.getBaseTime() + offset;
        String containerId = string(entry.getContainer());
        process = tree.acting(entry.getPid(), entry.getContainerPid(), entry.getStartTime(), containerId,
                string(entry.getComm()), entry.getUid(), entry.getGid(), time);
        container = pod.container(containerId);
        result = 0;
        path = "";
        openFlags = 0;
        openMode = 0;
        family = 0;
        address = "";
        port = 0;
        flags = 0;
    }

    private String string(int index) {
        return batch.getStrings().get(index);
    }

    @Override
    public EventType type() {
        return type;
    }

    @Override
    public long time() {
        return time;
    }

    @Override
    public TreeProcess process() {
        return process;
    }

    @Override
    public ContainerView container() {
        return container;
    }

    @Override
    public int result() {
        return result;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public int openFlags() {
        return openFlags;
    }

    @Override
    public int openMode() {
        return openMode;
    }

    @Override
    public int family() {
        return family;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int flags() {
        return flags;
    }
}
