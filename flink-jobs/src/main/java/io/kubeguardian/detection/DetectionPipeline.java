package io.kubeguardian.detection;

import io.kubeguardian.alerts.Alert;
import io.kubeguardian.alerts.AlertBudget;
import io.kubeguardian.alerts.OcsfAlerts;
import io.kubeguardian.baseline.BaselineFunction;
import io.kubeguardian.baseline.FleetFunction;
import io.kubeguardian.baseline.ProfileChange;
import io.kubeguardian.baseline.Sighting;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.correlation.Correlation;
import io.kubeguardian.correlation.PatternLoader;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.correlation.PatternSource;
import io.kubeguardian.ml.stream.ModelScoring;
import io.kubeguardian.risk.DecisionPolicy;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskTopology;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;

/**
 * From events to decisions.
 *
 * <pre>
 *  records (events + pods + other sensors' signals, bytes)
 *     │ keyBy pod             updates (bundles of rules, of patterns; runtime policies) ─► dead letters
 *     │                          │ broadcast
 *  detect ─ decode · completeness · metadata · process tree · RULES · POLICIES ──► dead letters, rule status
 *     │ signals      │ observations
 *     │              │ keyBy workload      operators' words on profiles, keyBy workload
 *     │           baseline ◄────────────────────┘ ─────────────────────► profiles, profile audit
 *     │              │ keyBy item     pods
 *     │           fleet-rarity ◄───────┘ broadcast
 *     │              │ drift signals: in workload, image, fleet
 *     │ batches, counted into windows            models ──────────────► dead letters
 *     │              │ keyBy workload               │ broadcast
 *     │           anomaly ─ scores each window ───────────► profile audit
 *     │              │ anomaly signals
 *     └───── ∪ ──────┘
 *         signal-time (each signal's own event time)
 *            ├──────────────────────────────────────► signals
 *            │ keyBy workload
 *            ├─ alert-budget ───────────────────────► alerts
 *            │ keyBy a pattern's group-by
 *            ├─ correlate ─ patterns ─ incidents ───► incidents, alerts, pattern status
 *            │                 │
 *            │ keyBy entity    │      admission's findings, people's answers (control)
 *            └─── risk ◄───────┘ ◄──────┤ ──────────► risk
 *                   │ keyBy cluster     │
 *             decision-gate ◄───────────┘ ──────────► decisions, decision log, alerts
 * </pre>
 *
 * Every operator's uid is its name: savepoints find their state by it.
 */
public final class DetectionPipeline {
    private final DetectionSettings settings;
    private final BaselineSettings baseline;
    private final DetectorFactory detectors;
    private final IntelSource intel;
    private final List<RuntimePolicyRecord> runtimePolicies;
    private final DecisionPolicy policy;
    private final List<PatternSource> patterns;
    private final DetectionClock clock;
    private final boolean bounded;

    /**
     * @param runtimePolicies that are in force from the first event on, before any that is published
     * @param bounded the records end (a capture): all waiting is in event time
     * @throws io.kubeguardian.correlation.PatternException when a pattern cannot be used
     */
    public DetectionPipeline(
            DetectionSettings settings, BaselineSettings baseline, DetectorFactory detectors, IntelSource intel,
            List<RuntimePolicyRecord> runtimePolicies, DecisionPolicy policy, DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.baseline = baseline;
        this.detectors = detectors;
        this.intel = intel;
        this.runtimePolicies = runtimePolicies;
        this.policy = policy;
        this.patterns = PatternLoader.load(settings.patterns());
        this.clock = clock;
        this.bounded = bounded;
    }

    /**
     * Builds the topology between the records, which carry timestamps and watermarks, and the sinks.
     *
     * @param updates changes of the rules; they must not hold back event time
     * @param patternUpdates changes of the patterns; likewise
     * @param policyUpdates changes of the runtime policies; likewise
     * @param profileChanges what operators say about baselines; likewise
     * @param control admission's findings, with people's answers at its side; likewise. Null: there are none
     * @param models what scores behaviour. Null: nothing does
     */
    public void build(
            DataStream<RawRecord> records, SingleOutputStreamOperator<RuleUpdate> updates,
            SingleOutputStreamOperator<RuleUpdate> patternUpdates, SingleOutputStreamOperator<RuleUpdate> policyUpdates,
            SingleOutputStreamOperator<ProfileChange> profileChanges, SingleOutputStreamOperator<RiskEvidence> control,
            ModelScoring models, DetectionSinks sinks) {
        SingleOutputStreamOperator<Signal> detect = records
                .keyBy(record -> record.key)
                .connect(updates.union(policyUpdates).broadcast())
                .transform("detect", Types.SIGNAL,
                        new DetectOperator(new DetectFunction(
                                settings, baseline, detectors, intel, runtimePolicies, clock, bounded)))
                .uid("detect");

        SingleOutputStreamOperator<Sighting> baselines = detect
                .getSideOutput(DetectFunction.OBSERVATIONS)
                .keyBy(observation -> observation.key)
                .connect(profileChanges.keyBy(change -> change.key))
                .process(new BaselineFunction(settings, baseline, clock), TypeInformation.of(Sighting.class))
                .name("baseline").uid("baseline");

        SingleOutputStreamOperator<Signal> drift = baselines
                .keyBy(sighting -> sighting.item)
                .connect(baselines.getSideOutput(BaselineFunction.PODS).broadcast(FleetFunction.PODS))
                .process(new FleetFunction(), Types.SIGNAL)
                .name("fleet-rarity").uid("fleet-rarity");

        DataStream<Signal> found = detect.union(drift);
        DataStream<DeadLetter> refused = detect.getSideOutput(DeadLetters.TAG)
                .union(updates.getSideOutput(DeadLetters.TAG), patternUpdates.getSideOutput(DeadLetters.TAG),
                        policyUpdates.getSideOutput(DeadLetters.TAG), profileChanges.getSideOutput(DeadLetters.TAG));
        DataStream<ProfileAudit> audit = baselines.getSideOutput(BaselineFunction.AUDIT);
        if (models != null) {
            ModelScoring.Scores scores = models.score(detect.getSideOutput(DetectFunction.BATCHES));
            found = found.union(scores.signals());
            audit = audit.union(scores.audit());
            refused = refused.union(models.deadLetters());
        }
        DataStream<Signal> signals = found
                .transform("signal-time", Types.SIGNAL, new SignalTimestamps())
                .uid("signal-time");

        Correlation.Streams correlation = Correlation.of(
                signals, patternUpdates, patterns, settings.incidentQuietSeconds() * 1000L, clock);
        DataStream<Incident> incidents = correlation.incidents();

        DataStream<RiskEvidence> facts = detect.getSideOutput(DetectFunction.POD_FACTS);
        RiskTopology.Outputs risk = RiskTopology.build(signals, incidents,
                control == null ? facts : facts.union(control),
                control == null ? null : control.getSideOutput(ControlRecords.APPROVALS), settings, policy, clock, bounded);

        DataStream<Alert> alerts = signals
                .keyBy(signal -> Keys.workload(signal.getWorkload()))
                .process(new AlertBudget(settings.alertBudget(), settings.alertBudgetSeconds(), clock), Types.SIGNAL)
                .name("alert-budget").uid("alert-budget")
                .map(OcsfAlerts::of, TypeInformation.of(Alert.class))
                .name("signal-alerts").uid("signal-alerts")
                .union(incidents
                        .map(OcsfAlerts::of, TypeInformation.of(Alert.class))
                        .name("incident-alerts").uid("incident-alerts"), risk.log()
                        .filter(OcsfAlerts::isFor).name("alerting-decisions").uid("alerting-decisions")
                        .map(OcsfAlerts::of, TypeInformation.of(Alert.class))
                        .name("decision-alerts").uid("decision-alerts"));

        to(signals, sinks.signals(), "sink-signals");
        to(incidents, sinks.incidents(), "sink-incidents");
        to(risk.scores(), sinks.risk(), "sink-risk");
        to(risk.decisions(), sinks.decisions(), "sink-decisions");
        to(risk.log(), sinks.decisionLog(), "sink-decision-log");
        to(alerts, sinks.alerts(), "sink-alerts");
        to(detect.getSideOutput(DetectFunction.RULE_STATUS).union(correlation.status()), sinks.ruleStatus(),
                "sink-rule-status");
        to(baselines.getSideOutput(BaselineFunction.PROFILES), sinks.profiles(), "sink-profiles");
        to(audit, sinks.profileAudit(), "sink-profile-audit");
        to(control == null ? refused : refused.union(control.getSideOutput(DeadLetters.TAG)), sinks.deadLetters(),
                "sink-dead-letters");
    }

    /** The operator that keeps what is known of pods, by itself: without baselines and intelligence. */
    public static TwoInputStreamOperator<RawRecord, RuleUpdate, Signal> detect(
            DetectionSettings settings, DetectorFactory detectors) {
        return new DetectOperator(new DetectFunction(settings, BaselineSettings.off(), detectors, IntelSource.none(),
                List.of(), DetectionClock.system(), false));
    }

    private static <T> void to(DataStream<T> stream, Sink<T> sink, String name) {
        stream.sinkTo(sink).name(name).uid(name);
    }
}
