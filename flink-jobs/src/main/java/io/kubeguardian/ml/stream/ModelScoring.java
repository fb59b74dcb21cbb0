package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.detection.DeadLetters;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.RawRecord;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.Signal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The part of the pipeline that scores behaviour. */
public final class ModelScoring {
    private final SingleOutputStreamOperator<BehaviourModel> updates;
    private final ModelSettings settings;
    private final DetectionClock clock;

    private ModelScoring(
            SingleOutputStreamOperator<BehaviourModel> updates, ModelSettings settings, DetectionClock clock) {
        this.updates = updates;
        this.settings = settings;
        this.clock = clock;
    }

    /** @param records of the models topic; they must not hold back event time */
    public static ModelScoring of(DataStream<RawRecord> records, ModelSettings settings, DetectionClock clock) {
        return new ModelScoring(records
                .transform("model-updates", Types.MODEL, new ModelUpdates(settings, clock)).setParallelism(1)
                .uid("model-updates"), settings, clock);
    }

    /** @param batches in the chain of the operator that judged them */
    public Scores score(DataStream<BatchUse> batches) {
        SingleOutputStreamOperator<Signal> anomalies = parts(batches, settings.windowSeconds())
                .keyBy(WindowPart::key)
                .connect(updates.broadcast(AnomalyFunction.MODELS))
                .process(new AnomalyFunction(settings, clock), Types.SIGNAL)
                .name("anomaly").uid("anomaly");
        return new Scores(anomalies, anomalies.getSideOutput(AnomalyFunction.AUDIT));
    }

    /**
     * What comes of windows.
     *
     * @param signals of those that are too unusual
     * @param audit moves of the thresholds
     */
    public record Scores(DataStream<Signal> signals, DataStream<ProfileAudit> audit) {}

    /** Parts of windows; training makes them by the same operator. */
    public static DataStream<WindowPart> parts(DataStream<BatchUse> batches, int windowSeconds) {
        return batches
                .transform("window-parts", TypeInformation.of(WindowPart.class), new WindowParts(windowSeconds))
                .uid("window-parts");
    }

    /** Models that were refused. */
    public DataStream<DeadLetter> deadLetters() {
        return updates.getSideOutput(DeadLetters.TAG);
    }
}
