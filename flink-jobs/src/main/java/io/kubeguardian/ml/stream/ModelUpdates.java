package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.detection.DeadLetters;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RawRecord;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From records of the models topic to models that can be used. Runs once: what cannot be used is told once, as a dead letter
 * with the reason, and the model that scored before goes on.
 */
public final class ModelUpdates extends AbstractStreamOperator<BehaviourModel>
        implements OneInputStreamOperator<RawRecord, BehaviourModel> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ModelUpdates.class);

    private final ModelSettings settings;
    private final DetectionClock clock;
    private transient AvroCodec<BehaviourModel> codec;
    private transient Counter refused;

    public ModelUpdates(ModelSettings settings, DetectionClock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void open() throws Exception {
        super.open();
        codec = AvroCodec.of(BehaviourModel.class);
        refused = getMetricGroup().counter("modelsRefused");
    }

    @Override
    public void processElement(StreamRecord<RawRecord> element) {
        RawRecord record = element.getValue();
        try {
            output.collect(new StreamRecord<>(model(record)));
        } catch (MalformedRecordException | ModelException e) {
            refused.inc();
            LOG.error("event=model-refused key={} offset={} because={}", record.key, record.offset, e.getMessage());
            output.collect(DeadLetters.TAG, new StreamRecord<>(DeadLetters.of(record, e.getMessage(), clock.nanos())));
        }
    }

    private BehaviourModel model(RawRecord record) throws MalformedRecordException, ModelException {
        BehaviourModel model = codec.decode(record.value);
        String key = Keys.activeModel(model.getName(), model.getWorkload());
        if (!key.equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its model belongs to " + key);
        }
        if (model.getRetired()) {
            return model;
        }
        check(model, settings);
        return model;
    }

    /** @throws ModelException when a job of these settings would refuse it */
    public static void check(BehaviourModel model, ModelSettings settings) throws ModelException {
        if (model.getWindowSeconds() != settings.windowSeconds()) {
            throw new ModelException("its windows have " + model.getWindowSeconds() + " s, models.windowSeconds is "
                    + settings.windowSeconds());
        }
        ModelStore.read(model, settings.onnx());
    }
}
