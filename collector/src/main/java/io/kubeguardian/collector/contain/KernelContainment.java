package io.kubeguardian.collector.contain;

import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ExceptedDestination;
import java.util.List;
import java.util.Set;

/**
 * Puts containments into the kernel. An order is what one decision wants, with its exceptions; it is defined first, then
 * put into force for a cgroup, so that it is never in force with some of its exceptions.
 */
public interface KernelContainment {
    /** What an order has stopped so far. */
    record Stopped(
            long execsKilled, long execsRefused, long opensRefused, long connectionsRefused, long packetsRefused) {
        static final Stopped NOTHING = new Stopped(0, 0, 0, 0, 0);

        Stopped plus(Stopped other) {
            return new Stopped(execsKilled + other.execsKilled, execsRefused + other.execsRefused,
                    opensRefused + other.opensRefused, connectionsRefused + other.connectionsRefused,
                    packetsRefused + other.packetsRefused);
        }
    }

    /**
     * Makes an order known.
     *
     * @param order a number that was not used before, not 0
     * @param paths as {@link io.kubeguardian.schema.ContainmentExceptions#checkPath} accepts them
     * @param destinations as {@link io.kubeguardian.schema.ContainmentExceptions#check} accepts them
     * @throws io.kubeguardian.collector.ffm.NativeException when the kernel does not take it: nothing of it is known then
     */
    void define(long order, List<String> paths, List<ExceptedDestination> destinations);

    /**
     * Puts an order into force for a cgroup and all below it, in place of an earlier one of the same authority.
     *
     * @param actions any but FREEZE
     * @param expiresBootNanos on the boot clock: the kernel itself stops at it
     * @throws io.kubeguardian.collector.ffm.NativeException when the kernel does not take it: what was in force stays so
     */
    void put(long cgroup, Authority authority, long order, Set<ContainmentAction> actions, long expiresBootNanos);

    void remove(long cgroup, Authority authority);

    Stopped stopped(long order);

    /** An order that is in force nowhere any more. */
    void forget(long order);
}
