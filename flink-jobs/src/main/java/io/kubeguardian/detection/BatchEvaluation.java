package io.kubeguardian.detection;

import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.intel.IntelMatcher;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.process.Program;
import io.kubeguardian.process.StateException;
import io.kubeguardian.process.TreeProcess;
import io.kubeguardian.rules.ContainerView;
import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.Call;
import io.kubeguardian.schema.Connect;
import io.kubeguardian.schema.Dns;
import io.kubeguardian.schema.Dup;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBits;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Exit;
import io.kubeguardian.schema.FileChange;
import io.kubeguardian.schema.Foreign;
import io.kubeguardian.schema.Fork;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.ProcessEntry;
import io.kubeguardian.schema.SocketCall;
import io.kubeguardian.schema.SyscallCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes one batch through the process tree and the rules, event by event in the order of time. One object for all
 * batches of a subtask.
 */
final class BatchEvaluation implements BatchEvents.Visitor {
    /** What comes out. */
    interface Output {
        void hit(Hit hit, TreeProcess process, ContainerView container, long time);

        /** A rule failed on an event, and the event's remaining rules with it. */
        void failed(EventView event, RuntimeException problem);
    }

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final ProcessTree tree;
    private final Detector detector;
    private final Output output;
    private final HitSink hits;
    private final CurrentEvent event = new CurrentEvent();
    private final IntelMatcher intel = new IntelMatcher();

    private EventBatch batch;
    /** By place in the batch's table of processes: of those that an event has named so far. */
    private TreeProcess[] processes = {};
    private ContainerView[] containers = {};
    private PodContext pod;
    private HostNames hostNames;
    /** Null: nobody. */
    private Observer observer;

    BatchEvaluation(ProcessTree tree, Detector detector, Output output) {
        this.tree = tree;
        this.detector = detector;
        this.output = output;
        this.hits = hit -> output.hit(hit, event.process(), event.container(), event.time());
    }

    /**
     * The batch must be valid, and the tree begun.
     *
     * @param indicators of threat intelligence, as they are in force
     * @param watcher who else looks at what happens, for baselines and policies; null: nobody
     */
    void run(EventBatch next, PodContext context, HostNames names, IntelSet indicators, Observer watcher) {
        batch = next;
        observer = watcher;
        pod = context;
        hostNames = names;
        event.batch(next.getStrings(), names);
        intel.batch(next.getStrings(), indicators);
        int count = next.getProcesses().size();
        if (processes.length < count) {
            processes = new TreeProcess[2 * count];
            containers = new ContainerView[2 * count];
        } else {
            Arrays.fill(processes, 0, count, null);
            Arrays.fill(containers, 0, count, null);
        }
        BatchEvents.inOrder(next, this);
        if (!indicators.isEmpty()) {
            next.getForeign().forEach(this::hashes);
        }
    }

    @Override
    public void fork(Fork fork) {
        TreeProcess parent = begin(EventType.FORK, fork.getTime(), fork.getProcess());
        tree.fork(parent, fork.getChildPid(), fork.getChildContainerPid(), fork.getChildStartTime(), event.time());
        judge();
    }

    @Override
    public void exec(Exec exec) {
        TreeProcess process = begin(EventType.EXEC, exec.getTime(), exec.getProcess());
        event.plain(0, exec.getFlags());
        tree.exec(process, new Program(exec, string(exec.getExe()), strings(exec.getArgs()), string(exec.getCwd()),
                strings(exec.getEnvironment())), event.time());
        judge();
        intel.program(exec.getExe(), event.time(), hits);
        if (observer != null) {
            observer.exec(exec.getProcess(), process, event.container(), event.time());
        }
    }

    @Override
    public void exit(Exit exit) {
        TreeProcess process = begin(EventType.EXIT, exit.getTime(), exit.getProcess());
        event.plain(exit.getStatus(), 0);
        tree.exit(process, event.time());
        judge();
    }

    @Override
    public void open(Open open) {
        TreeProcess process = begin(EventType.OPEN, open.getTime(), open.getProcess());
        event.open(open);
        judge();
        if (observer != null) {
            observer.open(open.getProcess(), process, event.container(), open, event.time());
        }
    }

    @Override
    public void connect(Connect connect) {
        TreeProcess process = begin(EventType.CONNECT, connect.getTime(), connect.getProcess());
        event.connect(connect);
        judge();
        remote(connect.getFamily(), connect.getAddress(), false);
        if (observer != null) {
            observer.connect(connect.getProcess(), process, event.container(), connect,
                    hostNames.of(string(connect.getAddress())), event.time());
        }
    }

    @Override
    public void fileChange(FileChange change) {
        TreeProcess process = begin(EventType.FILE_CHANGE, change.getTime(), change.getProcess());
        event.fileChange(change);
        judge();
        if (observer != null) {
            observer.fileChange(change.getProcess(), process, event.container(), change, event.time());
        }
    }

    @Override
    public void socketCall(SocketCall call) {
        TreeProcess process = begin(EventType.SOCKET, call.getTime(), call.getProcess());
        event.socketCall(call);
        judge();
        remote(call.getFamily(), call.getRemoteAddress(), event.name().startsWith("accept"));
        if (observer != null) {
            observer.socketCall(call.getProcess(), process, event.container(), call,
                    call.getRemotePort() == 0 ? "" : hostNames.of(string(call.getRemoteAddress())), event.time());
        }
    }

    @Override
    public void dns(Dns dns) {
        TreeProcess process = begin(EventType.DNS, dns.getTime(), dns.getProcess());
        event.dns(dns);
        if (dns.getResponse() && (dns.getFlags() & EventBits.DNS_UNASKED) == 0) {
            hostNames.learned(event.dnsName(), event.dnsAnswers(), event.time());
        }
        judge();
        intel.domain(dns.getName(), event.time(), hits);
        for (int answer : dns.getAnswers()) { // an alias may be listed where the name is not
            intel.domain(answer, event.time(), hits);
        }
        if (observer != null) {
            observer.dns(dns.getProcess(), process, event.container(), dns, event.time());
        }
    }

    @Override
    public void dup(Dup dup) {
        begin(EventType.DUP, dup.getTime(), dup.getProcess());
        event.dup(dup);
        judge();
    }

    @Override
    public void call(Call call) {
        TreeProcess process = begin(EventType.CALL, call.getTime(), call.getProcess());
        event.call(call);
        judge();
        if (observer != null) {
            observer.call(call.getProcess(), process, event.container(), string(call.getCall()), call.getResult(),
                    event.time());
        }
    }

    @Override
    public void syscallCounts(SyscallCounts counts) {
        if (observer != null) {
            observer.syscallCounts(pod.container(string(counts.getContainer())), counts,
                    batch.getBaseTime() + counts.getTime());
        }
    }

    private void remote(int family, int address, boolean inbound) {
        if (family == AF_INET || family == AF_INET6) {
            intel.address(address, inbound, event.time(), hits);
        }
    }

    /** Our own sensor computes no hashes of files; others (Tetragon with IMA) report them beside their events. */
    private void hashes(Foreign foreign) {
        for (int i = 0; i < foreign.getNames().size() && i < foreign.getValues().size(); i++) {
            if (FileHashes.isName(string(foreign.getNames().get(i)))) {
                begin(EventType.EXEC, foreign.getTime(), foreign.getProcess());
                intel.hash(foreign.getValues().get(i), event.time(), hits);
            }
        }
    }

    /** A rule that fails on some event must not stop the job, which would meet the event again and again. */
    private void judge() {
        try {
            detector.evaluate(event, hits);
        } catch (StateException e) {
            throw e;
        } catch (RuntimeException e) {
            output.failed(event, e);
        }
    }

    private TreeProcess begin(EventType type, long offset, int index) {
        long time = batch.getBaseTime() + offset;
        TreeProcess process = acting(index, time);
        if (containers[index] == null) {
            containers[index] = pod.container(string(batch.getProcesses().get(index).getContainer()));
        }
        event.begin(type, time, process, containers[index]);
        return process;
    }

    /** As the last event found it, unless the process has appeared as another entry since: with another name, or user. */
    private TreeProcess acting(int index, long time) {
        ProcessEntry entry = batch.getProcesses().get(index);
        TreeProcess known = processes[index];
        if (known != null && known.actsAs(entry)) {
            tree.seen(known, time);
            return known;
        }
        TreeProcess process = tree.acting(entry.getPid(), entry.getContainerPid(), entry.getStartTime(),
                string(entry.getContainer()), string(entry.getComm()), entry.getUid(), entry.getGid(), time);
        process.acts(entry);
        processes[index] = process;
        return process;
    }

    private String string(int index) {
        return batch.getStrings().get(index);
    }

    private List<String> strings(List<Integer> indexes) {
        List<String> strings = new ArrayList<>(indexes.size());
        for (int index : indexes) {
            strings.add(string(index));
        }
        return strings;
    }
}
