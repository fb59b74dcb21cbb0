package io.kubeguardian.benchmarks;

import io.kubeguardian.detection.RawRecord;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Exec;
import io.kubeguardian.schema.Topics;
import java.util.concurrent.Semaphore;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Decodes each batch as the detection job does, looks for markers, and passes nothing on. */
final class ReadAndDecode extends ProcessFunction<RawRecord, Long> {
    private static final long serialVersionUID = 1L;

    /** One for each marker that came, of all subtasks: they run in this JVM. */
    static final Semaphore MARKERS = new Semaphore(0);

    private transient AvroCodec<EventBatch> codec;

    @Override
    public void open(OpenContext context) {
        codec = AvroCodec.of(EventBatch.class);
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<Long> out) throws Exception {
        if (!record.topic.equals(Topics.EVENTS)) {
            return;
        }
        EventBatch batch = codec.decode(record.value);
        BatchEvents.validate(batch);
        for (Exec exec : batch.getExecs()) {
            if (batch.getStrings().get(exec.getExe()).equals(ServiceEvents.MARKER)) {
                MARKERS.release();
            }
        }
    }
}
