package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.Topics;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeWatermarksTest {
    private long now = 5;
    private long wall = 10_000;
    private long watermark = Long.MIN_VALUE;
    private boolean idle;

    private final RelativeClock clock = new RelativeClock() {
        @Override
        public long relativeTimeMillis() {
            return now;
        }

        @Override
        public long relativeTimeNanos() {
            return now * 1_000_000;
        }
    };
    private final WatermarkOutput output = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark next) {
            assertThat(next.getTimestamp()).isGreaterThan(watermark);
            watermark = next.getTimestamp();
            idle = false;
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    };
    private final EventTimeWatermarks live = new EventTimeWatermarks(200, clock, () -> wall + now);

    @Test
    void aPartitionThatNeverHadAnEventIsIdle() {
        live.onPeriodicEmit(output);

        assertThat(idle).isTrue();
        assertThat(watermark).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void itsFirstEventMakesItActiveAtOnce() {
        live.onPeriodicEmit(output);

        event(Topics.EVENTS, 10_000);

        assertThat(idle).isFalse();
    }

    @Test
    void itStaysTheDisorderBehindTheNewestEvent() {
        event(Topics.EVENTS, 10_000);
        event(Topics.EVENTS, 9_900);

        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(9_799);
        assertThat(idle).isFalse();
    }

    @Test
    void itGoesOnWithTheClockWhenNothingComes() {
        event(Topics.EVENTS, 10_000);
        now += 1_000;

        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(10_799);
    }

    @Test
    void aQuietPartitionOfOldEventsGoesOnAtTheWallClock() {
        wall += 600_000;
        event(Topics.EVENTS, 10_000);
        live.onPeriodicEmit(output);
        assertThat(watermark).isEqualTo(9_799);

        now += 5_200;
        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(wall + now - 251);
    }

    @Test
    void aPartitionWhoseOnlyEventsCameLateDoesNotHoldBackTheOthersByAsMuch() {
        event(Topics.EVENTS, wall + now - 1_700);
        now += 5_100;
        live.onPeriodicEmit(output);
        assertThat(watermark).as("there may be more of it").isEqualTo(wall + now - 1_901);

        now += 100;
        live.onPeriodicEmit(output);
        assertThat(watermark).isEqualTo(wall + now - 251);

        event(Topics.EVENTS, wall + now - 30);
        live.onPeriodicEmit(output);
        assertThat(watermark).as("how prompt it is tells the next event").isEqualTo(wall + now - 231);
    }

    @Test
    void aQuietPartitionOfFreshEventsGoesOnWithItsOwnTime() {
        event(Topics.EVENTS, 10_000);
        now += 60_000;

        live.onPeriodicEmit(output);

        assertThat(idle).isFalse();
        assertThat(watermark).isEqualTo(69_799);
    }

    @Test
    void anEventBehindTheClockDoesNotTurnItBack() {
        event(Topics.EVENTS, 10_000);
        now += 1_000;
        event(Topics.EVENTS, 10_500);
        now += 100;

        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(10_899);
    }

    @Test
    void anEventFromTheFutureDoesNotTakeTimeWithIt() {
        event(Topics.EVENTS, 10_000);
        event(Topics.EVENTS, Long.MAX_VALUE);

        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(wall + now + 60_000 - 201);
    }

    @Test
    void aPartitionOfNodesWhoseClocksAreBehindDoesNotHoldBackTheOthers() {
        for (long second = 0; second < 60; second++) {
            event(Topics.EVENTS, wall + now - 600_000);
            live.onPeriodicEmit(output);
            now += 1_000;
        }
        event(Topics.EVENTS, wall + now - 600_000);
        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(wall + now - 201);

        event(Topics.EVENTS, wall + now); // the clock is set right
        now += 100;
        live.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(wall + now - 201);
    }

    @Test
    void readingWhatWasWrittenLongAgoIsNoSlowClock() {
        for (long second = 0; second < 60; second++) { // twice as fast as it was written
            event(Topics.EVENTS, wall + 2 * now - 600_000);
            live.onPeriodicEmit(output);
            now += 1_000;
        }

        assertThat(watermark).isLessThan(wall + now - 500_000);
    }

    @Test
    void standingStillUnderBackPressureIsNoSlowClock() {
        for (long second = 0; second < 60; second++) { // the wall clock goes on, the source's own does not
            event(Topics.EVENTS, wall + now - 600_000);
            live.onPeriodicEmit(output);
            wall += 1_000;
        }

        assertThat(watermark).isLessThan(wall + now - 599_000);
    }

    @Test
    void podMetadataHasNoSayInEventTime() {
        event(Topics.PODS, 99_999);

        live.onPeriodicEmit(output);

        assertThat(idle).isTrue();
    }

    @Test
    void inAReplayOnlyEventsMoveTime() {
        EventTimeWatermarks bounded = new EventTimeWatermarks(200, null, () -> wall);
        bounded.onPeriodicEmit(output);
        assertThat(idle).isFalse();
        bounded.onEvent(record(Topics.EVENTS, 10_000), 10_000, output);
        now += 60_000;

        bounded.onPeriodicEmit(output);

        assertThat(watermark).isEqualTo(9_799);
    }

    private void event(String topic, long timestamp) {
        live.onEvent(record(topic, timestamp), timestamp, output);
    }

    private static RawRecord record(String topic, long timestamp) {
        return new RawRecord(topic, 0, 0, timestamp, null, null);
    }
}
