package io.kubeguardian.baseline.observe;

import io.kubeguardian.baseline.ItemKind;

/** What somebody says that a workload may do, whatever its baseline knows. */
public interface Allowance {
    /** Another one has another digest. */
    String digest();

    /**
     * Whether an item is allowed.
     *
     * @param alternative another form that is as good; empty: none
     * @param program shape of the path of the program that the process runs
     */
    boolean allows(ItemKind kind, String item, String alternative, String program);
}
