package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import java.util.Arrays;

/**
 * The rules by which a baseline learns and judges; pure.
 *
 * <pre>
 *   LEARNING ── old enough: learningSeconds since the first event
 *               and saturated: in the last quietSeconds fewer new items than newItemsPerHour allows ──► READY
 *   READY    ── nothing seen for staleSeconds ──► STALE ── something is seen ──► LEARNING, with what it knows
 * </pre>
 *
 * Only READY judges. What drifts does not enter by itself. Beyond {@code baselineLimit} drifts of a kind it says so once
 * and is silent about further ones until some of them are forgotten; other kinds are judged as before.
 */
final class Baseline {
    /** What something unknown is to a baseline that judges. */
    enum Verdict { DRIFT, TOO_MANY, OVERFLOW }

    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_NEWEST = 64;

    private final long learningNanos;
    private final long quietNanos;
    private final long staleNanos;
    private final int limit;
    private final int newest;

    Baseline(DetectionSettings detection, BaselineSettings baseline) {
        this.learningNanos = detection.learningSeconds() * SECOND;
        this.quietNanos = detection.quietSeconds() * SECOND;
        this.staleNanos = baseline.staleSeconds() * SECOND;
        this.limit = detection.baselineLimit();
        long allowed = (long) baseline.newItemsPerHour() * detection.quietSeconds() / 3600;
        this.newest = (int) Math.min(allowed + 1, MOST_NEWEST);
    }

    /** A first or next event of the image. @param time event time, nanoseconds */
    void seen(ImageBaseline image, long time) {
        if (image.firstEvent == 0) {
            image.firstEvent = time;
            image.newest = new long[newest];
        }
        image.firstEvent = Math.min(image.firstEvent, time);
        image.lastSeen = Math.max(image.lastSeen, time);
    }

    /** Something entered that was not known. */
    void learned(ImageBaseline image, long time) {
        if (image.newest.length != newest) {
            image.newest = Arrays.copyOf(image.newest, newest); // the settings are others than they were
        }
        int oldest = newest - 1;
        if (time <= image.newest[oldest]) {
            return;
        }
        image.newest[oldest] = time;
        for (int i = oldest; i > 0 && image.newest[i] > image.newest[i - 1]; i--) {
            long swap = image.newest[i];
            image.newest[i] = image.newest[i - 1];
            image.newest[i - 1] = swap;
        }
    }

    /** When it is ready as things stand, event time in nanoseconds. */
    long readyAt(ImageBaseline image) {
        int last = image.newest.length - 1;
        long quietFrom = last < 0 || image.newest[last] == 0 ? image.firstEvent : image.newest[last];
        return Math.max(image.notBefore, Math.max(image.firstEvent + learningNanos, quietFrom + quietNanos));
    }

    /** Moves it to {@code time}. @return whether it became ready by that */
    boolean advance(ImageBaseline image, long time) {
        if (image.readySince != 0 || image.firstEvent == 0 || time < readyAt(image)) {
            return false;
        }
        image.readySince = readyAt(image);
        return true;
    }

    /** Whether an item of that time is judged, and not learned: what happened before it was ready may come late. */
    boolean judges(ImageBaseline image, long time) {
        return image.readySince != 0 && image.staleSince == 0 && time >= image.readySince;
    }

    /** When it will be stale if nothing is seen, event time in nanoseconds. */
    long staleAt(ImageBaseline image) {
        return image.lastSeen + staleNanos;
    }

    /** Learns anew, and knows what it knew. */
    static void learnAnew(ImageBaseline image, long time) {
        image.firstEvent = time;
        image.readySince = 0;
        image.staleSince = 0;
        Arrays.fill(image.newest, 0);
    }

    /** About something that is neither known nor told of late. */
    Verdict drift(WorkloadBaseline workload, ImageBaseline image, ItemKind kind) {
        if (image.isSaturated(kind)) {
            image.saturated.merge(kind.word(), 1L, Long::sum);
            return Verdict.OVERFLOW;
        }
        int drifted = workload.drifted.getOrDefault(kind.word(), 0);
        if (drifted > limit) {
            return Verdict.OVERFLOW;
        }
        workload.drifted.put(kind.word(), drifted + 1);
        return drifted < limit ? Verdict.DRIFT : Verdict.TOO_MANY;
    }
}
