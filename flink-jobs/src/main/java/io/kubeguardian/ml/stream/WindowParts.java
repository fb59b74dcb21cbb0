package io.kubeguardian.ml.stream;

import io.kubeguardian.schema.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Counts batches together before they are sent to their workload's subtask: what is sent is one part per workload, window
 * and checkpoint instead of a record per batch. Keeps no state: what it holds is handed on before each checkpoint's
 * barrier, at the end of a window, and when it holds too much, so that nothing is lost or counted twice.
 */
public final class WindowParts extends AbstractStreamOperator<WindowPart>
        implements OneInputStreamOperator<BatchUse, WindowPart> {
    private static final long serialVersionUID = 1L;

    /** Most tokens, and most workloads and windows, held by one subtask. */
    private static final long MOST_TOKENS = 4 << 20;
    private static final int MOST_PARTS = 20_000;

    private record Place(String workload, long start) {}

    private final long windowMillis;
    private transient Map<Place, PartBuilder> open;
    private transient long tokens;
    private transient Counter parts;
    private transient Counter early;

    /** @param windowSeconds length of the windows, which begin at multiples of it */
    public WindowParts(int windowSeconds) {
        this.windowMillis = windowSeconds * 1000L;
    }

    @Override
    public void open() throws Exception {
        super.open();
        open = new HashMap<>();
        parts = getMetricGroup().counter("windowParts");
        early = getMetricGroup().counter("windowPartsForRoom");
    }

    @Override
    public void processElement(StreamRecord<BatchUse> element) {
        BatchUse use = element.getValue();
        long millis = use.batch.getBaseTime() / 1_000_000;
        long start = Math.floorDiv(millis, windowMillis) * windowMillis;
        PartBuilder part = open.computeIfAbsent(new Place(Keys.workload(use.workload), start),
                place -> new PartBuilder(place.start()));
        int before = part.size();
        part.add(use);
        tokens += part.size() - before;
        if (tokens > MOST_TOKENS || open.size() > MOST_PARTS) {
            early.inc();
            emit(Long.MAX_VALUE);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        emit(mark.getTimestamp());
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpoint) {
        emit(Long.MAX_VALUE);
    }

    @Override
    public void finish() {
        emit(Long.MAX_VALUE);
    }

    /** The windows that have ended by then. */
    private void emit(long time) {
        List<Place> over = new ArrayList<>();
        for (Place place : open.keySet()) {
            if (time == Long.MAX_VALUE || place.start() + windowMillis <= time) {
                over.add(place);
            }
        }
        for (Place place : over) {
            PartBuilder part = open.remove(place);
            tokens -= part.size();
            parts.inc();
            output.collect(new StreamRecord<>(part.build(), place.start()));
        }
    }
}
