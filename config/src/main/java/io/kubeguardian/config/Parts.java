package io.kubeguardian.config;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a process consists of: opened one after the other, closed in the reverse order. For one thread. */
public final class Parts implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Adds a part that was opened just now. */
    public <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    /** Leaves a part to somebody else, who closes it. */
    public void leave(AutoCloseable part) {
        open.remove(part);
    }

    /**
     * Whatever a part throws, the others are closed, too. May be called again.
     *
     * @throws IllegalStateException of what was thrown first, with the rest suppressed
     */
    @Override
    public void close() {
        IllegalStateException problem = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (problem == null) {
                    problem = new IllegalStateException("a part cannot be closed: " + e.getMessage(), e);
                } else {
                    problem.addSuppressed(e);
                }
            }
        }
        if (problem != null) {
            throw problem;
        }
    }
}
