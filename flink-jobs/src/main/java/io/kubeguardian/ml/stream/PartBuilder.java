package io.kubeguardian.ml.stream;

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
import io.kubeguardian.schema.Fork;
import io.kubeguardian.schema.Open;
import io.kubeguardian.schema.ProcessEntry;
import io.kubeguardian.schema.SocketCall;
import io.kubeguardian.schema.SyscallCounts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts batches of one workload and window together. Bounded: what finds no room is counted. */
public final class PartBuilder implements BatchEvents.Visitor {
    /** Most processes whose sequences are kept, and most tokens of all of them. */
    static final int MOST_PROCESSES = 128;
    static final int MOST_TOKENS = 4096;
    private static final int MOST_NAMES = 512;
    /** Longest name of a call: they stand in signals, whose size is bounded. */
    static final int MOST_NAME = 64;
    private static final int EINPROGRESS = -115;
    private static final int ACCESS_MODE = 3;

    private static final class Sequence {
        private int[] tokens = new int[8];
        private int length;
        private int last = -1;
    }

    private final long start;
    private final long[] counters = new long[Counters.ALL.length];
    private final long[][] distinct = new long[5][DistinctCount.WORDS];
    private final Map<String, long[]> calls = new HashMap<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<Long, Sequence> sequences = new LinkedHashMap<>();
    private int tokens;
    private long dropped;
    private long events;
    private BatchUse newest;

    private List<String> strings;
    /** Sequences of the batch's processes, as soon as they are asked for. */
    private Sequence[] ofBatch = new Sequence[0];
    private EventBatch batch;

    /** @param start begin of the window, milliseconds since the Unix epoch */
    public PartBuilder(long start) {
        this.start = start;
    }

    /** The batch must be valid, and of the same workload and window as the others. */
    public void add(BatchUse use) {
        newest = use;
        batch = use.batch;
        strings = batch.getStrings();
        ofBatch = new Sequence[batch.getProcesses().size()];
        DistinctCount.add(distinct[4], use.pod.getUid().hashCode());
        events += BatchEvents.count(batch);
        BatchEvents.inOrder(batch, this);
        batch = null;
    }

    @Override
    public void exec(Exec event) {
        count(Counters.EXEC);
        boolean upper = (event.getFlags() & (EventBits.EXEC_UPPER_LAYER | EventBits.EXEC_MEMFD)) != 0;
        if (upper) {
            count(Counters.EXEC_UPPER);
        }
        DistinctCount.add(distinct[0], strings.get(event.getExe()).hashCode());
        token(event.getProcess(), upper ? "exec:upper" : "exec");
    }

    @Override
    public void fork(Fork event) {
        count(Counters.FORK);
        token(event.getProcess(), "fork");
    }

    @Override
    public void exit(Exit event) {
        count(Counters.EXIT);
        if (event.getStatus() != 0) {
            count(Counters.EXIT_FAILED);
        }
        token(event.getProcess(), "exit");
    }

    @Override
    public void open(Open event) {
        counters[Counters.OPEN.ordinal()] += 1 + event.getRepeats();
        boolean write = (event.getFlags() & ACCESS_MODE) != 0;
        if (write) {
            count(Counters.OPEN_WRITE);
        }
        boolean failed = event.getResult() < 0 && event.getResult() != EINPROGRESS;
        if (failed) {
            count(Counters.OPEN_FAILED);
        }
        DistinctCount.add(distinct[1], strings.get(event.getPath()).hashCode());
        token(event.getProcess(), failed ? "open:failed" : write ? "open:write" : "open");
    }

    @Override
    public void connect(Connect event) {
        count(Counters.CONNECT);
        boolean failed = event.getResult() < 0 && event.getResult() != EINPROGRESS;
        if (failed) {
            count(Counters.CONNECT_FAILED);
        }
        DistinctCount.add(distinct[2], 31 * strings.get(event.getAddress()).hashCode() + event.getPort());
        token(event.getProcess(), event.getFamily() == 1 ? "connect:unix" : failed ? "connect:failed" : "connect:inet");
    }

    @Override
    public void fileChange(FileChange event) {
        count(Counters.FILE);
        token(event.getProcess(), strings.get(event.getCall()));
    }

    @Override
    public void socketCall(SocketCall event) {
        count(Counters.SOCKET);
        token(event.getProcess(), strings.get(event.getCall()));
    }

    @Override
    public void dns(Dns event) {
        count(Counters.DNS);
        if (event.getResponse() && event.getResponseCode() != 0) {
            count(Counters.DNS_FAILED);
        }
        DistinctCount.add(distinct[3], strings.get(event.getName()).hashCode());
        token(event.getProcess(), "dns");
    }

    @Override
    public void dup(Dup event) {
        count(Counters.DUP);
        token(event.getProcess(), "dup");
    }

    @Override
    public void call(Call event) {
        count(Counters.CALL);
        token(event.getProcess(), strings.get(event.getCall()));
    }

    @Override
    public void syscallCounts(SyscallCounts event) {
        for (int i = 0; i < event.getCalls().size(); i++) {
            String name = cut(strings.get(event.getCalls().get(i)));
            long[] count = calls.get(name);
            if (count == null) {
                if (calls.size() >= MOST_NAMES) {
                    continue;
                }
                count = new long[1];
                calls.put(name, count);
            }
            count[0] += Math.max(0, event.getCounts().get(i));
        }
    }

    private void count(Counters counter) {
        counters[counter.ordinal()]++;
    }

    /** The same thing over and over again is told twice: that it goes on says no more. */
    private void token(int process, String name) {
        Sequence sequence = ofBatch[process];
        if (sequence == null) {
            sequence = sequence(process);
            if (sequence == null) {
                dropped++;
                return;
            }
            ofBatch[process] = sequence;
        }
        Integer known = names.get(cut(name));
        if (known == null) {
            if (names.size() >= MOST_NAMES) {
                dropped++;
                return;
            }
            known = names.size();
            names.put(cut(name), known);
        }
        int token = known;
        if (sequence.last == token && sequence.length > 1 && sequence.tokens[sequence.length - 2] == token) {
            return;
        }
        if (tokens >= MOST_TOKENS) {
            dropped++;
            return;
        }
        if (sequence.length == sequence.tokens.length) {
            sequence.tokens = Arrays.copyOf(sequence.tokens, 2 * sequence.length);
        }
        sequence.tokens[sequence.length++] = token;
        sequence.last = token;
        tokens++;
    }

    private static String cut(String name) {
        return name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME);
    }

    private Sequence sequence(int process) {
        ProcessEntry entry = batch.getProcesses().get(process);
        long key = (newest.pod.getUid().hashCode() * 31L + entry.getPid()) * 0x9E3779B97F4A7C15L ^ entry.getStartTime();
        Sequence sequence = sequences.get(key);
        if (sequence == null && sequences.size() < MOST_PROCESSES) {
            sequence = new Sequence();
            sequences.put(key, sequence);
        }
        return sequence;
    }

    /** How many tokens there are: what a part weighs. */
    int size() {
        return tokens;
    }

    /** What was added so far; the builder is not used any more. */
    public WindowPart build() {
        WindowPart part = new WindowPart();
        part.cluster = newest.workload.getCluster();
        part.namespace = newest.workload.getNamespace();
        part.kind = newest.workload.getKind();
        part.workload = newest.workload.getName();
        part.podUid = newest.pod.getUid();
        part.podName = newest.pod.getName();
        part.node = newest.pod.getNode();
        part.resolved = newest.pod.getResolved();
        part.complete = newest.completeness.getComplete();
        part.lostEvents = newest.completeness.getLostEvents();
        part.missingBatches = newest.completeness.getMissingBatches();
        part.start = start;
        part.events = events;
        part.counters = counters;
        for (int i = 0; i < distinct.length; i++) {
            System.arraycopy(distinct[i], 0, part.distinct, i * DistinctCount.WORDS, DistinctCount.WORDS);
        }
        part.calls = calls.keySet().stream().sorted().toArray(String[]::new);
        part.callCounts = Arrays.stream(part.calls).mapToLong(name -> calls.get(name)[0]).toArray();
        part.names = new String[names.size()];
        names.forEach((name, id) -> part.names[id] = name);
        part.tokens = new int[tokens];
        part.processes = new long[sequences.size()];
        part.lengths = new int[sequences.size()];
        int at = 0;
        int index = 0;
        for (Map.Entry<Long, Sequence> entry : sequences.entrySet()) {
            Sequence sequence = entry.getValue();
            System.arraycopy(sequence.tokens, 0, part.tokens, at, sequence.length);
            part.processes[index] = entry.getKey();
            part.lengths[index++] = sequence.length;
            at += sequence.length;
        }
        part.tokensDropped = dropped;
        return part;
    }
}
