package io.kubeguardian.process;

import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** {@link NodeStore} on Flink's keyed map state. */
public final class MapStateNodes implements NodeStore {
    private final MapState<ProcessId, ProcessNode> state;

    public MapStateNodes(MapState<ProcessId, ProcessNode> state) {
        this.state = state;
    }

    /** The state's name and types; part of every savepoint. */
    public static MapStateDescriptor<ProcessId, ProcessNode> descriptor() {
        return new MapStateDescriptor<>("processes", TypeInformation.of(ProcessId.class),
                TypeInformation.of(ProcessNode.class));
    }

    @Override
    public ProcessNode get(ProcessId id) throws Exception {
        return state.get(id);
    }

    @Override
    public void put(ProcessId id, ProcessNode node) throws Exception {
        state.put(id, node);
    }

    @Override
    public void remove(ProcessId id) throws Exception {
        state.remove(id);
    }

    @Override
    public Iterable<ProcessNode> all() throws Exception {
        return state.values();
    }
}
