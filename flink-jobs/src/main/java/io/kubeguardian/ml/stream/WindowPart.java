package io.kubeguardian.ml.stream;

/**
 * A part of what a workload did in one window: of one subtask, between two times at which it hands on what it has. Flink
 * POJO; arrays, so that a part costs one object on its way.
 */
public final class WindowPart {
    public String cluster = "";
    public String namespace = "";
    public String kind = "";
    public String workload = "";
    /** Of the newest batch: whom a signal is about. */
    public String podUid = "";
    public String podName = "";
    public String node = "";
    public boolean resolved;
    /** Begin of the window, milliseconds since the Unix epoch. */
    public long start;
    public long events;
    /** Of the pods' evidence, as of the newest batch. */
    public boolean complete = true;
    public long lostEvents;
    public long missingBatches;
    /** By {@link Counters}. */
    public long[] counters = new long[Counters.ALL.length];
    /** {@link DistinctCount}: programs, files, destinations, DNS names, pods. */
    public long[] distinct = new long[5 * DistinctCount.WORDS];
    /** The histogram of system calls. */
    public String[] calls = new String[0];
    public long[] callCounts = new long[0];
    /** What the tokens of the sequences stand for. */
    public String[] names = new String[0];
    /** Sequences one after the other, and whose each is (a hash of pod, pid and start), and how long. */
    public int[] tokens = new int[0];
    public long[] processes = new long[0];
    public int[] lengths = new int[0];
    /** Tokens that found no room. */
    public long tokensDropped;

    public WindowPart() {}

    /** cluster/namespace/kind/name, as {@link io.kubeguardian.schema.Keys#workload} writes it. */
    public String key() {
        return cluster + '/' + namespace + '/' + kind + '/' + workload;
    }
}
