package io.kubeguardian.detection;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.baseline.ProfileChange;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.intel.IntelSet;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.ml.stream.ModelScoring;
import io.kubeguardian.risk.DecisionPolicy;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.CaptureFile;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalFile;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;

/** Runs the real pipeline over capture files, in this JVM, to their end. */
public final class Replay {
    /** What the pipeline concludes, in the order in which it does. Called by several threads, one at a time. */
    public interface Listener {
        default void signal(Signal signal) {}

        default void incident(Incident incident) {}

        default void risk(RiskScore score) {}

        default void decision(Decision decision) {}

        /** Every step of every decision. */
        default void decisionLog(Decision decision) {}

        /** OCSF JSON, UTF-8. */
        default void alert(byte[] json) {}

        default void profile(Profile profile) {}

        default void profileAudit(ProfileAudit step) {}

        default void deadLetter(DeadLetter letter) {}
    }

    /**
     * With what the events are judged.
     *
     * @param detectors makes the rules
     * @param intel indicators that are in force during the whole replay
     * @param models that score behaviour from the first window on; without any, nothing scores
     * @param policies that workloads are judged by from the first event on
     */
    public record Judges(
            DetectionSettings settings, BaselineSettings baseline, DetectorFactory detectors, IntelSet intel,
            ModelSettings scoring, List<BehaviourModel> models, List<RuntimePolicyRecord> policies) {
        /** Rules, baselines as they are by default, and patterns. */
        public static Judges of(DetectionSettings settings, DetectorFactory detectors) {
            return new Judges(settings, BaselineSettings.defaults(), detectors, IntelSet.EMPTY, null, List.of(),
                    List.of());
        }
    }

    /** Operators travel with the job as bytes; what stays here is found again by its run's id. */
    private static final Map<String, Listener> LISTENERS = new ConcurrentHashMap<>();
    private static final Map<String, IntelSet> INDICATORS = new ConcurrentHashMap<>();

    /** What the configuration has by default: a capture is of no cluster that would have others. */
    private static final DecisionSettings DECISIONS = new DecisionSettings("", 10, 20, 3600);

    private Replay() {}

    /**
     * @throws IOException when a capture cannot be read
     * @throws MalformedRecordException when a file is no capture
     * @throws IllegalStateException when the pipeline fails
     */
    public static void run(
            List<Path> captures, DetectionSettings settings, DetectorFactory detectors, Listener listener)
            throws IOException, MalformedRecordException {
        run(captures, Judges.of(settings, detectors), listener);
    }

    /** As the other, with everything that can judge. */
    public static void run(List<Path> captures, Judges judges, Listener listener)
            throws IOException, MalformedRecordException {
        DetectionSettings settings = judges.settings();
        for (Path capture : captures) {
            if (!SignalFile.is(capture)) {
                new CaptureFile.Reader(capture).close(); // a wrong file is told before a cluster is started
            }
        }
        String run = UUID.randomUUID().toString();
        Path folder = Files.createTempDirectory("kubeguardian-replay-");
        LISTENERS.put(run, listener);
        INDICATORS.put(run, judges.intel());
        try {
            Configuration flink = DetectionJob.common();
            flink.set(CoreOptions.TMP_DIRS, folder.toString());
            flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
            DataStream<RawRecord> records = CaptureRecords.source(env, captures, settings.disorderMillis());
            SingleOutputStreamOperator<ProfileChange> profileChanges =
                    env.fromData(List.of(new ProfileChange()), TypeInformation.of(ProfileChange.class))
                            .filter(change -> change.policy != null) // nobody says anything
                            .name("profile-changes").uid("profile-changes");
            new DetectionPipeline(settings, judges.baseline(), judges.detectors(), new Indicators(run),
                    judges.policies(), DecisionPolicy.load(DECISIONS, settings), DetectionClock.system(), true)
                    .build(records, noUpdates(env, "rule-updates"), noUpdates(env, "pattern-updates"),
                            noUpdates(env, "runtime-policy-updates"), profileChanges, null, models(env, judges), sinks(run));
            env.execute("kubeguardian-replay");
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof MalformedRecordException malformed) {
                throw malformed;
            }
            throw new IllegalStateException("the replay failed: " + cause, e);
        } finally {
            LISTENERS.remove(run);
            INDICATORS.remove(run);
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /** One, that changes nothing: Flink has no empty source. */
    private static SingleOutputStreamOperator<RuleUpdate> noUpdates(StreamExecutionEnvironment env, String name) {
        return env.fromData(List.of(new RuleUpdate()), TypeInformation.of(RuleUpdate.class)).name(name).uid(name);
    }

    /**
     * The models as records of their topic. No window is judged before the last of them is there: until it ends, their source
     * holds back the event time of what scores.
     */
    private static ModelScoring models(StreamExecutionEnvironment env, Judges judges) {
        if (judges.models().isEmpty()) {
            return null;
        }
        AvroCodec<BehaviourModel> codec = AvroCodec.of(BehaviourModel.class);
        List<RawRecord> records = judges.models().stream().map(model -> new RawRecord(Topics.MODELS, 0, 0, 0,
                Keys.bytes(Keys.activeModel(model.getName(), model.getWorkload())), codec.encode(model))).toList();
        return ModelScoring.of(env.fromData(records, TypeInformation.of(RawRecord.class)).setParallelism(1)
                .name("model-records").uid("model-records"), judges.scoring(), DetectionClock.system());
    }

    private record Indicators(String run) implements IntelSource {
        @Override
        public IntelView open() {
            IntelSet set = INDICATORS.get(run);
            return new IntelView() {
                @Override
                public IntelSet current() {
                    return set;
                }

                @Override
                public void close() {
                    // the run keeps it
                }
            };
        }
    }

    private static DetectionSinks sinks(String run) {
        return new DetectionSinks(
                new ToListener<>(run, Listener::signal), new ToListener<>(run, Listener::incident),
                new ToListener<>(run, Listener::risk), new ToListener<>(run, Listener::decision),
                new ToListener<>(run, Listener::decisionLog),
                new ToListener<Alert>(run, (listener, alert) -> listener.alert(alert.json)),
                new ToListener<RuleStatus>(run, (listener, status) -> { }), // the rules of a replay do not change
                new ToListener<>(run, Listener::profile), new ToListener<>(run, Listener::profileAudit),
                new ToListener<>(run, Listener::deadLetter));
    }

    private interface Call<T> extends java.io.Serializable {
        void to(Listener listener, T record);
    }

    private record ToListener<T>(String run, Call<T> call) implements Sink<T> {
        @Override
        public SinkWriter<T> createWriter(WriterInitContext context) {
            Listener listener = LISTENERS.get(run);
            return new SinkWriter<>() {
                @Override
                public void write(T record, Context sink) {
                    synchronized (listener) {
                        call.to(listener, record);
                    }
                }

                @Override
                public void flush(boolean end) {}

                @Override
                public void close() {}
            };
        }
    }
}
