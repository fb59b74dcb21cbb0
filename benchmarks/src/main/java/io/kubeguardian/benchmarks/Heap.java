package io.kubeguardian.benchmarks;

import java.lang.management.ManagementFactory;

/** This process's heap. */
final class Heap {
    private Heap() {}

    /** Bytes that something refers to. */
    static long used() throws InterruptedException {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) { // until nothing more is found to be garbage
            System.gc();
            Thread.sleep(100);
            used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
