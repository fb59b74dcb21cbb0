package io.kubeguardian.detection;

import io.kubeguardian.baseline.ProfileChange;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.intel.IntelTopic;
import io.kubeguardian.ml.stream.ModelScoring;
import io.kubeguardian.risk.DecisionPolicy;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.schema.Keys;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The pipeline between Kafka's topics, and how Flink runs it. */
public final class DetectionJob {
    /** The job's name on every cluster. */
    public static final String NAME = "kubeguardian-detection";

    /** How often event time is announced: a part of the latency from event to incident. */
    private static final Duration WATERMARK_INTERVAL = Duration.ofMillis(50);
    /** How long a record may wait for company on its way to the next operator. */
    private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(5);

    private DetectionJob() {}

    /** Adds the job to the environment; the caller executes it. The topics must exist. */
    public static void build(
            StreamExecutionEnvironment env, KubeGuardianConfig config, DetectorFactory detectors) {
        DetectionSettings settings = config.detection();
        configure(env, settings);
        DataStream<RawRecord> records = env.fromSource(KafkaRecords.source(config.kafka()),
                        EventTimeWatermarks.live(settings.disorderMillis()), "records")
                .uid("records");
        DetectionClock clock = DetectionClock.system();
        DataStream<RawRecord> bundles = env
                .fromSource(KafkaRecords.rules(config.kafka()), IdleWatermarks.strategy(), "rule-records")
                .setParallelism(1).uid("rule-records");
        SingleOutputStreamOperator<ProfileChange> profileChanges = env
                .fromSource(KafkaRecords.profiles(config.kafka()), IdleWatermarks.strategy(), "profile-records")
                .setParallelism(1).uid("profile-records")
                .process(new ProfileChanges(clock), TypeInformation.of(ProfileChange.class))
                .setParallelism(1).name("profile-changes").uid("profile-changes");
        SingleOutputStreamOperator<RiskEvidence> control = env
                .fromSource(KafkaRecords.control(config.kafka()), IdleWatermarks.strategy(), "control-records")
                .setParallelism(1).uid("control-records")
                .process(new ControlRecords(clock), TypeInformation.of(RiskEvidence.class))
                .setParallelism(1).name("control").uid("control");
        new DetectionPipeline(settings, config.baseline(), detectors, new IntelTopic(config.kafka()),
                List.of(), DecisionPolicy.load(config.decisions(), settings), clock, false)
                .build(records, updates(bundles, "rule-updates", Keys.RULES, clock),
                        updates(bundles, "pattern-updates", Keys.PATTERNS, clock), policies(bundles, clock), profileChanges,
                        control,
                        models(env, config, clock), KafkaSinks.all(config.kafka()));
    }

    private static ModelScoring models(StreamExecutionEnvironment env, KubeGuardianConfig config, DetectionClock clock) {
        if (!config.models().enabled()) {
            return null;
        }
        return ModelScoring.of(env.fromSource(KafkaRecords.models(config.kafka()), IdleWatermarks.strategy(),
                "model-records").setParallelism(1).uid("model-records"), config.models(), clock);
    }

    private static SingleOutputStreamOperator<RuleUpdate> updates(
            DataStream<RawRecord> bundles, String name, String about, DetectionClock clock) {
        return bundles.transform(name, TypeInformation.of(RuleUpdate.class), new RuleUpdates(about, clock))
                .setParallelism(1).uid(name);
    }

    private static SingleOutputStreamOperator<RuleUpdate> policies(DataStream<RawRecord> records, DetectionClock clock) {
        return records.process(new RuntimePolicyUpdates(clock), TypeInformation.of(RuleUpdate.class))
                .setParallelism(1).name("runtime-policy-updates").uid("runtime-policy-updates");
    }

    /** How Flink runs it. */
    public static void configure(StreamExecutionEnvironment env, DetectionSettings settings) {
        Configuration flink = common();
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(settings.checkpointSeconds()));
        flink.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        flink.set(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        if (!settings.checkpointFolder().isEmpty()) {
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, settings.checkpointFolder());
        }
        env.configure(flink);
    }

    /** What holds for live and bounded runs alike. */
    static Configuration common() {
        Configuration flink = new Configuration();
        flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        flink.set(PipelineOptions.GENERIC_TYPES, false);
        // Safe here: no operator keeps or changes a record after it has passed it on.
        flink.set(PipelineOptions.OBJECT_REUSE, true);
        flink.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, WATERMARK_INTERVAL);
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
        return flink;
    }
}
