package io.kubeguardian.process;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** A store as keyed state behaves: what is read is a copy until it is put back. */
final class MemoryNodes implements NodeStore {
    final Map<ProcessId, ProcessNode> nodes = new HashMap<>();
    int reads;
    int writes;

    @Override
    public ProcessNode get(ProcessId id) {
        reads++;
        ProcessNode node = nodes.get(id);
        return node == null ? null : copy(node);
    }

    @Override
    public void put(ProcessId id, ProcessNode node) {
        writes++;
        nodes.put(id, copy(node));
    }

    @Override
    public void remove(ProcessId id) {
        nodes.remove(id);
    }

    @Override
    public Iterable<ProcessNode> all() {
        return new ArrayList<>(nodes.values()).stream().map(MemoryNodes::copy).toList();
    }

    private static ProcessNode copy(ProcessNode node) {
        try {
            ProcessNode copy = new ProcessNode();
            for (var field : ProcessNode.class.getFields()) {
                field.set(copy, field.get(node));
            }
            return copy;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
