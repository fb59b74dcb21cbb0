package io.kubeguardian.collector.contain;

import io.kubeguardian.schema.Decision;
import java.io.IOException;

/**
 * Stops everything in a cgroup. Unlike the kernel's programs a freeze outlives the collector, so what is frozen carries
 * the decision with it: the next run knows that it is ours, and until when.
 */
public interface Freezer {
    /** Freezes for the decision's authority. Doing it again replaces the decision. */
    void freeze(long cgroup, Decision decision) throws IOException;

    /** Thaws, unless the other authority or someone else still wants it frozen. A cgroup that is gone is none to thaw. */
    void thaw(long cgroup, Authority authority) throws IOException;

    /** Whether all in it has stopped; false too when nobody can tell. */
    boolean isFrozen(long cgroup);
}
