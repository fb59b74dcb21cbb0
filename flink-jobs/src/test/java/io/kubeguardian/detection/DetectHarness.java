package io.kubeguardian.detection;

import io.kubeguardian.schema.Signal;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The detect operator alone, with records by hand. Event time is that of the records' side. */
@SuppressWarnings("try") // close() is declared as its superclass has it
final class DetectHarness extends KeyedTwoInputStreamOperatorTestHarness<String, RawRecord, RuleUpdate, Signal> {
    private DetectHarness(DetectFunction function) throws Exception {
        super(new DetectOperator(function), record -> record.key, null,
                BasicTypeInfo.STRING_TYPE_INFO, 1, 1, 0);
    }

    static DetectHarness open(DetectFunction function) throws Exception {
        return open(function, new EmbeddedRocksDBStateBackend(), null);
    }

    /** @param state of an earlier one, or null */
    static DetectHarness open(DetectFunction function, StateBackend backend, OperatorSubtaskState state)
            throws Exception {
        DetectHarness harness = new DetectHarness(function);
        harness.setStateBackend(backend);
        harness.setup(Types.SIGNAL.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        harness.processWatermark2(Watermark.MAX_WATERMARK);
        return harness;
    }

    void processElement(RawRecord record, long time) throws Exception {
        processElement1(record, time);
    }

    void processWatermark(long time) throws Exception {
        processWatermark1(new Watermark(time));
    }

    void update(RuleUpdate update) throws Exception {
        processElement2(new StreamRecord<>(update));
    }
}
