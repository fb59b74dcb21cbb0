package io.kubeguardian.process;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The processes of one pod that are in hand: decoded, and newer than those in the {@link NodeStore} until
 * {@link ProcessTree#flush} writes the changed ones back. Used by one thread.
 */
public final class HeldProcesses {
    /** Most ids that are remembered as unknown to the store. */
    private static final int ABSENT_LIMIT = 64;

    final Map<ProcessId, TreeProcess> byId = new HashMap<>();
    /** Whether all of the pod's processes are here, so that what is not here does not exist. */
    boolean complete;
    /** Processes of the pod, those that only the store has included. */
    int all;

    private final Set<ProcessId> absent = new HashSet<>();

    private HeldProcesses(boolean complete, int all) {
        this.complete = complete;
        this.all = all;
    }

    /** Of a pod of which the store has nothing. */
    public static HeldProcesses ofNewPod() {
        return new HeldProcesses(true, 0);
    }

    /** Nothing is in hand yet. @param all how many the store has */
    public static HeldProcesses ofStored(int all) {
        return new HeldProcesses(all == 0, all);
    }

    /** Processes in hand: what they take of memory. */
    public int inHand() {
        return byId.size();
    }

    /** All processes of the pod. */
    public int all() {
        return all;
    }

    /** The pod has none any more; the store must have been emptied too. */
    public void clear() {
        byId.clear();
        absent.clear();
        complete = true;
        all = 0;
    }

    boolean isAbsent(ProcessId id) {
        return complete || absent.contains(id);
    }

    void absent(ProcessId id) {
        if (absent.size() >= ABSENT_LIMIT) {
            absent.clear();
        }
        absent.add(id);
    }

    void add(ProcessId id, TreeProcess process) {
        byId.put(id, process);
        absent.remove(id);
        all++;
    }
}
