package io.kubeguardian.detection;

import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.config.KafkaSettings;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.ml.stream.ModelScoring;
import io.kubeguardian.ml.stream.WindowPart;
import io.kubeguardian.ml.train.TrainModels;
import io.kubeguardian.ml.train.Trainer;
import io.kubeguardian.ml.train.TrainingPlan;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.FileUtils;

/**
 * Trains models as a bounded job: captures, or what the events topic has, through the same decoding, metadata join and
 * windows as in the live job, so that a model learns what it will see.
 */
public final class ModelTraining {
    private ModelTraining() {}

    /** Where the events are from. */
    private interface Source {
        DataStream<RawRecord> in(StreamExecutionEnvironment env);
    }

    /**
     * @param perWorkload one model for each workload that has enough windows; false: one for all of them
     * @throws IOException when a capture cannot be read
     * @throws MalformedRecordException when a file is no capture
     * @throws ModelException when no workload has enough windows
     */
    public static List<BehaviourModel> run(
            List<Path> captures, DetectionSettings settings, TrainingPlan plan, boolean perWorkload)
            throws IOException, MalformedRecordException, ModelException {
        for (Path capture : captures) {
            new CaptureFile.Reader(capture).close(); // a wrong file is told before a cluster is started
        }
        return run(env -> CaptureRecords.source(env, captures, settings.disorderMillis()), settings, plan, perWorkload);
    }

    /** The same of what the topics hold at this moment. */
    public static List<BehaviourModel> run(
            KafkaSettings kafka, DetectionSettings settings, TrainingPlan plan, boolean perWorkload)
            throws IOException, ModelException {
        return run(env -> env.fromSource(KafkaRecords.untilNow(kafka),
                EventTimeWatermarks.bounded(settings.disorderMillis()), "records").setParallelism(1).uid("records"),
                settings, plan, perWorkload);
    }

    private static List<BehaviourModel> run(
            Source source, DetectionSettings settings, TrainingPlan plan, boolean perWorkload)
            throws IOException, ModelException {
        Path folder = Files.createTempDirectory("kubeguardian-training-");
        try {
            Configuration flink = DetectionJob.common();
            flink.set(CoreOptions.TMP_DIRS, folder.toString());
            flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
            env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
            SingleOutputStreamOperator<RuleUpdate> updates =
                    env.fromData(List.of(new RuleUpdate()), TypeInformation.of(RuleUpdate.class))
                            .name("rule-updates").uid("rule-updates");
            SingleOutputStreamOperator<?> judged = source.in(env)
                    .keyBy(record -> record.key)
                    .connect(updates.broadcast(EffectiveRules.STATE))
                    .process(new DetectFunction(settings, () -> new NoDetector(), DetectionClock.system(), true),
                            Types.SIGNAL)
                    .name("detect").uid("detect");
            SingleOutputStreamOperator<BehaviourModel> models =
                    ModelScoring.parts(judged.getSideOutput(DetectFunction.BATCHES), plan.windowSeconds())
                            .keyBy(perWorkload ? WindowPart::key : part -> "")
                            .process(new TrainModels(plan, perWorkload), Types.MODEL)
                            .name("train").uid("train");
            List<BehaviourModel> trained = new ArrayList<>();
            try (CloseableIterator<BehaviourModel> results = models.executeAndCollect("kubeguardian-training")) {
                results.forEachRemaining(trained::add);
            }
            if (trained.isEmpty()) {
                throw new ModelException("no workload has " + Trainer.LEAST_WINDOWS + " windows of " + plan.windowSeconds() + " s "
                        + (plan.members().containsAll(TrainingPlan.ALL_MEMBERS) ? "to learn from"
                                : "that " + String.join(", ", plan.members()) + " could learn from"));
            }
            return trained;
        } catch (ModelException | IOException e) {
            throw e;
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalStateException("the training failed: " + cause, e);
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /** Training asks no rule. */
    private static final class NoDetector implements Detector {
        @Override
        public void evaluate(EventView event, HitSink hits) {
            // Nothing is to be found.
        }

        @Override
        public RuleMeter meter() {
            return null;
        }
    }
}
