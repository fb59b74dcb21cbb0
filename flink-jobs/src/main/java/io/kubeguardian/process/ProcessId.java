package io.kubeguardian.process;

/** Identity of a process within one boot of its node: pid alone is reused, pid and start time are not. Flink POJO. */
public final class ProcessId {
    public int pid;
    /** Start of the thread-group leader, nanoseconds since boot. */
    public long startTime;

    public ProcessId() {}

    public ProcessId(int pid, long startTime) {
        this.pid = pid;
        this.startTime = startTime;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessId that && that.pid == pid && that.startTime == startTime;
    }

    @Override
    public int hashCode() {
        return 31 * pid + Long.hashCode(startTime);
    }
}
