package io.kubeguardian.baseline;

/**
 * The rules by which a baseline learns and judges; pure.
 *
 * <pre>
 *   LEARNING ── learningSeconds since the first event, and quietSeconds without anything new ──► READY
 * </pre>
 *
 * Only READY judges. What drifts does not enter by itself. A kind with more than {@code limit} items is saturated:
 * it cannot tell new from forgotten, so it says so once and judges no more. A kind with more than {@code limit}
 * drifts says so once and is silent until some of them are forgotten; other kinds are judged as before.
 */
public final class Baseline {
    /** What an item is to the baseline. */
    public enum Verdict { LEARNED, DRIFT, SATURATED, OVERFLOW }

    private final long learningNanos;
    private final long quietNanos;
    private final int limit;

    /**
     * @param limit most items per kind
     */
    public Baseline(long learningSeconds, long quietSeconds, int limit) {
        this.learningNanos = learningSeconds * 1_000_000_000L;
        this.quietNanos = quietSeconds * 1_000_000_000L;
        this.limit = limit;
    }

    /**
     * Judges an item that was not learned and not told of late, and updates the state.
     *
     * @param time event time, nanoseconds since the Unix epoch
     */
    Verdict meet(BaselineState state, String kind, long time) {
        if (state.readySince != 0 && time >= state.readySince) {
            if (state.saturated(kind)) {
                state.overflow.merge(kind, 1L, Long::sum);
                return Verdict.OVERFLOW;
            }
            int drifted = state.drifted.getOrDefault(kind, 0);
            if (drifted > limit) {
                return Verdict.OVERFLOW;
            }
            state.drifted.put(kind, drifted + 1);
            return drifted < limit ? Verdict.DRIFT : Verdict.SATURATED;
        }
        int learned = state.learned.getOrDefault(kind, 0);
        state.lastNew = Math.max(state.lastNew, time);
        if (learned >= limit) {
            boolean first = !state.saturated(kind);
            state.overflow.merge(kind, 1L, Long::sum);
            return first ? Verdict.SATURATED : Verdict.OVERFLOW;
        }
        state.learned.put(kind, learned + 1);
        return Verdict.LEARNED;
    }

    /**
     * Moves the state to {@code time} (event time, nanoseconds) before an item of that time is judged.
     */
    void advance(BaselineState state, long time) {
        if (state.firstEvent == 0) {
            state.firstEvent = time;
            state.lastNew = time;
        }
        state.lastSeen = Math.max(state.lastSeen, time);
        if (state.readySince == 0) {
            long ready = Math.max(state.firstEvent + learningNanos, state.lastNew + quietNanos);
            if (time >= ready) {
                state.readySince = ready;
            }
        }
    }
}
