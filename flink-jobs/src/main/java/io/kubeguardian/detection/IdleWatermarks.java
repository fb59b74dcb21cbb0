package io.kubeguardian.detection;

import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** For a stream that has no say in event time, and must not hold it back. */
final class IdleWatermarks implements WatermarkGenerator<RawRecord> {
    static WatermarkStrategy<RawRecord> strategy() {
        return WatermarkStrategy.forGenerator(context -> new IdleWatermarks());
    }

    @Override
    public void onEvent(RawRecord record, long timestamp, WatermarkOutput output) {
        // The time of a publication is no event's time.
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        output.markIdle();
    }
}
