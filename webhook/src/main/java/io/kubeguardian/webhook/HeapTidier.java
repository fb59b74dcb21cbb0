package io.kubeguardian.webhook;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;

/**
 * Collects the old generation once it holds a little more than it did when it was last collected. The serial collector
 * by itself lets it grow to the heap's bound first, and what it has grown to stays resident: what connections leave
 * behind when they end would cost as much memory as a full risk view. With kept connections nothing comes there, and
 * nothing is collected; a collection takes some 35 ms.
 */
final class HeapTidier {
    /** Two collections within some seconds would be more than one in a hundred of the answers of that time waits for. */
    private static final long LOOK_MILLIS = 10_000;
    /** What may have gathered: this, and an eighth of what was in use. */
    private static final long ALLOWED_BYTES = 2 << 20;
    private static final int ALLOWED_SHARE = 8;

    private final List<MemoryPoolMXBean> old;

    HeapTidier() {
        // Of the serial collector's pools only the old generation tells both.
        this.old = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.isUsageThresholdSupported() && pool.isCollectionUsageThresholdSupported()).toList();
    }

    /** Looks and collects until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            Thread.sleep(LOOK_MILLIS);
            if (old.stream().anyMatch(pool -> isGrown(pool.getCollectionUsage(), pool.getUsage()))) {
                System.gc();
            }
        }
    }

    /**
     * Whether to collect.
     *
     * @param after in use after the last collection; 0 before the first one
     */
    static boolean isGrown(MemoryUsage after, MemoryUsage now) {
        return now.getUsed() > after.getUsed() + after.getUsed() / ALLOWED_SHARE + ALLOWED_BYTES;
    }
}
