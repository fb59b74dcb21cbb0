package io.kubeguardian.detection;

/** What is kept of a pod besides its processes and metadata. Flink POJO. Times are event time in milliseconds. */
public final class PodState {
    public String cluster = "";
    public String node = "";
    public String bootId = "";
    public long newestEpoch;
    /** Time of the newest batch. */
    public long lastSeen;
    /** Nodes in the process tree. */
    public int processes;
    /** Entries of the repeat guard. */
    public int guarded;
    /** Addresses with a name. */
    public int hostNames;
    /** Batches that wait for the pod's metadata. */
    public int waiting;
    /** When they stop waiting; processing time on a live stream. 0: nothing waits. */
    public long waitUntil;
    /** Metadata did not come in time: nothing waits any more. */
    public boolean waitOver;
    /** When held-back repeats are next told; 0: none are held. */
    public long repeatsAt;
    /** Next clean-up of exited processes; 0: none due. */
    public long sweepAt;
    /** When all state goes, the pod having been deleted; 0: it lives. */
    public long deleteAt;
    /** When it is next looked at whether the pod is long silent; 0: no batch yet. */
    public long forgetAt;
    /** How often each {@link io.kubeguardian.baseline.Activity} was since it was last told. */
    public long[] activity = {};
    /** When it is told next; 0: there is nothing to tell. */
    public long activityAt;
    public Ledger ledger = new Ledger();
}
