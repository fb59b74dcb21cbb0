package io.kubeguardian.detection;

import io.kubeguardian.schema.Topics;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.util.clock.RelativeClock;

/**
 * Event time of one partition: the newest event's time less the bounded disorder. On a live stream it goes on with
 * the clock while no newer event comes, so that the last signal of a quiet stream is not held back for ever. The
 * clock is Flink's input activity clock, which stands still under back-pressure: waiting records do not become late.
 *
 * <p>How far behind the wall clock a live partition's time is, is how late its promptest event came. A partition
 * that is quiet was read to its end, and what comes next will be fresh; so the one event that it had while the job
 * was still warming up, or long after it was written, does not say how late the next will be: its time goes on at
 * the wall clock less a quarter of the disorder. Else it would hold back all others until its next event. An event from
 * the future, of a node whose clock is wrong, moves live time no further than {@value #FUTURE_MILLIS} ms beyond
 * the wall clock: time that has gone on cannot be turned back, and all that waits for its end would be over, for
 * every pod. Where all nodes of a partition have clocks that are behind, its time is set forward by as much
 * ({@link SlowClock}); else it would hold back all others for ever. The gauge {@code slowClockMillis} tells.
 *
 * <p>A live partition that never had an event is idle. Bounded input is never idle: what is idle holds
 * no watermark back, and a capture's first events could be overtaken by its end. Pod metadata has no say in event time.
 */
public final class EventTimeWatermarks implements WatermarkGenerator<RawRecord> {
    private static final long NONE = Long.MIN_VALUE;
    /**
     * No event for this long: the partition was read to its end. Long enough for what was read to have passed all
     * operators: a signal that time has overtaken leaves its pattern's timespan.
     */
    private static final long QUIET_MILLIS = 5_000;
    private static final long FUTURE_MILLIS = 60_000;

    private final long disorderMillis;
    private final RelativeClock clock;
    private final LongSupplier wallClock;
    private long newest = NONE;
    private long newestSeenAt;
    private long lastEventSeenAt;
    private long emitted = NONE;
    private final SlowClock slow = new SlowClock();
    private volatile long behind;

    /**
     * @param disorderMillis how late an event may come behind a newer one
     * @param clock goes on with processing time; null for bounded input, where only events move time
     * @param wallClock milliseconds since the Unix epoch
     */
    EventTimeWatermarks(long disorderMillis, RelativeClock clock, LongSupplier wallClock) {
        this.disorderMillis = disorderMillis;
        this.clock = clock;
        this.wallClock = wallClock;
    }

    /** For Kafka. */
    public static WatermarkStrategy<RawRecord> live(long disorderMillis) {
        WatermarkStrategy<RawRecord> strategy =
                context -> {
                    EventTimeWatermarks live = new EventTimeWatermarks(
                            disorderMillis, context.getInputActivityClock(), System::currentTimeMillis);
                    context.getMetricGroup().gauge("slowClockMillis", () -> live.behind);
                    return live;
                };
        return strategy.withTimestampAssigner((record, kafka) -> record.timestamp);
    }

    /** For captures. */
    public static WatermarkStrategy<RawRecord> bounded(long disorderMillis) {
        WatermarkStrategy<RawRecord> strategy =
                context -> new EventTimeWatermarks(disorderMillis, null, System::currentTimeMillis);
        return strategy.withTimestampAssigner((record, kafka) -> record.timestamp);
    }

    @Override
    public void onEvent(RawRecord event, long timestamp, WatermarkOutput output) {
        if (event.topic.equals(Topics.PODS)) {
            return;
        }
        if (newest == NONE) {
            output.markActive();
        }
        lastEventSeenAt = now();
        if (clock != null) {
            slow.event(timestamp, wallClock.getAsLong());
        }
        long time = clock == null ? timestamp : Math.min(timestamp, wallClock.getAsLong() + FUTURE_MILLIS);
        // Compared with where time has gone on to: an old event does not turn the clock back.
        if (newest == NONE || time > currentTime()) {
            newest = time;
            newestSeenAt = now();
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (newest == NONE) {
            if (clock != null) {
                output.markIdle();
            }
            return;
        }
        if (clock != null && quiet() && currentTime() < wallClock.getAsLong() - disorderMillis / 4) {
            newest = wallClock.getAsLong() - disorderMillis / 4;
            newestSeenAt = now();
        }
        behind = clock == null ? 0 : slow.behind(wallClock.getAsLong(), now());
        long time = Math.max(currentTime(), Math.min(currentTime() + behind, wallClock.getAsLong()));
        long watermark = time - disorderMillis - 1;
        if (watermark > emitted) {
            emitted = watermark;
            output.emitWatermark(new Watermark(watermark));
        }
    }

    private boolean quiet() {
        return now() - lastEventSeenAt >= QUIET_MILLIS + disorderMillis;
    }

    /** The newest event's time, and what has passed since it came. */
    private long currentTime() {
        return newest + (now() - newestSeenAt);
    }

    private long now() {
        return clock == null ? 0 : clock.relativeTimeMillis();
    }
}
