package io.kubeguardian.process;

/** Where the nodes of one pod's tree are kept between batches: keyed Flink state. */
public interface NodeStore {
    /** Null when unknown. */
    ProcessNode get(ProcessId id) throws Exception;

    void put(ProcessId id, ProcessNode node) throws Exception;

    void remove(ProcessId id) throws Exception;

    /** All nodes of the current pod. */
    Iterable<ProcessNode> all() throws Exception;
}
