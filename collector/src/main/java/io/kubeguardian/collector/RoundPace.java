package io.kubeguardian.collector;

/**
 * When the reader comes round: once in {@code pace} milliseconds on average, however much happens; but what comes after
 * a pause it fetches soon, because it has up to {@value #IN_HAND} rounds in hand then. So a busy node pays for few
 * rounds, and the first steps of an attack on a quiet one wait for nobody. The generic cell rate algorithm (ITU-T
 * I.371). Used by one thread.
 */
final class RoundPace {
    static final int IN_HAND = 10;
    /** Company that an event waits for in any case, milliseconds: a process that starts is a dozen events. */
    static final int GATHER_MILLIS = 10;

    private final int gather;
    private final long paceNanos;
    private final long mostAhead;
    /** When all rounds so far would have been due at the pace; what lies ahead of now is spent in advance. */
    private long due;

    /** @param now as {@link System#nanoTime()} */
    RoundPace(int millis, long now) {
        gather = Math.min(millis, GATHER_MILLIS);
        paceNanos = millis * 1_000_000L;
        mostAhead = IN_HAND * paceNanos;
        due = now;
    }

    /** How long to wait before the next round, milliseconds. @param now as {@link System#nanoTime()} */
    int await(long now) {
        long ahead = due - now - mostAhead + paceNanos;
        return Math.max(gather, (int) Math.ceilDiv(ahead, 1_000_000L));
    }

    /** It came round, perhaps before its time: a ring that fills wakes it. That puts off the next by no more than the pace. */
    void round(long now) {
        due = now + Math.min(Math.max(due - now, 0) + paceNanos, mostAhead);
    }
}
