package io.kubeguardian.detection;

import io.kubeguardian.schema.Signal;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Gives each signal its own event time (it arrives with its batch's). A signal that event time has already passed
 * (its batch waited for the pod's metadata, or was later than the bound) is taken at the present instead of being
 * dropped by the patterns as late; it is counted.
 */
public final class SignalTimestamps extends AbstractStreamOperator<Signal>
        implements OneInputStreamOperator<Signal, Signal> {
    private transient long watermark;
    private transient Counter late;

    @Override
    public void open() throws Exception {
        super.open();
        watermark = Long.MIN_VALUE;
        late = getMetricGroup().counter("late");
    }

    @Override
    public void processElement(StreamRecord<Signal> element) {
        long time = element.getValue().getEventTime() / 1_000_000;
        if (time <= watermark) {
            late.inc();
            time = watermark == Long.MAX_VALUE ? watermark : watermark + 1;
        }
        element.setTimestamp(time);
        output.collect(element);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermark = mark.getTimestamp();
        super.processWatermark(mark);
    }
}
