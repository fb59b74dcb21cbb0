package io.kubeguardian.collector.contain;

/** Puts containments into the kernel. */
public interface KernelContainment {
    /** What a containment has stopped so far. */
    record Counts(long execsKilled, long connectionsRefused) {}

    /**
     * Puts a containment into force, or changes it.
     *
     * @param actions bits as in {@link io.kubeguardian.collector.event.KernelLayouts}
     * @param expiresBootNanos on the boot clock: the kernel itself stops at it
     * @throws io.kubeguardian.collector.ffm.NativeException when the kernel does not take it
     */
    void put(long cgroup, int actions, long expiresBootNanos);

    void remove(long cgroup);

    Counts counts(long cgroup);
}
