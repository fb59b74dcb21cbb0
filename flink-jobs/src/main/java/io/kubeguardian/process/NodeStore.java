package io.kubeguardian.process;

import java.util.List;

/** Where the nodes of one pod's tree are kept between batches: keyed Flink state. */
public interface NodeStore {
    /** Of trees that live in memory alone. */
    NodeStore NONE = new NodeStore() {
        @Override
        public ProcessNode get(ProcessId id) {
            return null;
        }

        @Override
        public void put(ProcessId id, ProcessNode node) {
            throw new IllegalStateException("nothing is to be written of a tree in memory");
        }

        @Override
        public void remove(ProcessId id) {
            throw new IllegalStateException("nothing of a tree in memory was written");
        }

        @Override
        public Iterable<ProcessNode> all() {
            return List.of();
        }
    };

    /** Null when unknown. */
    ProcessNode get(ProcessId id) throws Exception;

    void put(ProcessId id, ProcessNode node) throws Exception;

    void remove(ProcessId id) throws Exception;

    /** All nodes of the current pod. */
    Iterable<ProcessNode> all() throws Exception;
}
