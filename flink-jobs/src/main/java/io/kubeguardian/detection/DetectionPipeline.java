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
import io.kubeguardian.correlation.CorrelationPattern;
import io.kubeguardian.correlation.PatternLoader;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.risk.DecideFunction;
import io.kubeguardian.risk.RiskFunction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * From events to decisions.
 *
 * <pre>
 *  records (events + pods + other sensors' signals, bytes)
 *     │ keyBy pod             updates (bundles of rules) ─────────────► dead letters
 *     │                          │ broadcast
 *  detect ─ decode · completeness · metadata · process tree · RULES ──► dead letters, rule status
 *     │ signals      │ observations
 *     │              │ keyBy workload      operators' words on profiles, keyBy workload
 *     │           baseline ◄────────────────────┘ ─────────────────────► profiles, profile audit
 *     │              │ keyBy item     pods
 *     │           fleet-rarity ◄───────┘ broadcast
 *     │              │ drift signals: in workload, image, fleet
 *     └───── ∪ ──────┘
 *         signal-time (each signal's own event time)
 *            ├──────────────────────────────────────► signals
 *            │ keyBy workload
 *            ├─ alert-budget ───────────────────────► alerts
 *            │ keyBy a pattern's group-by
 *            ├─ correlate ─ Flink CEP ─ incidents ──► incidents, alerts
 *            │                 │
 *            │ keyBy workload  │
 *            └─── risk ◄───────┤  ──────────────────► risk
 *                   │ keyBy workload
 *                 decide ◄─────┘  ──────────────────► decisions
 * </pre>
 *
 * Every operator's uid is its name: savepoints find their state by it.
 */
public final class DetectionPipeline {
    private final DetectionSettings settings;
    private final BaselineSettings baseline;
    private final DetectorFactory detectors;
    private final IntelSource intel;
    private final List<CorrelationPattern> patterns;
    private final DetectionClock clock;
    private final boolean bounded;

    /**
     * @param bounded the records end (a capture): all waiting is in event time
     * @throws io.kubeguardian.correlation.PatternException when a pattern cannot be used
     */
    public DetectionPipeline(
            DetectionSettings settings, BaselineSettings baseline, DetectorFactory detectors, IntelSource intel,
            DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.baseline = baseline;
        this.detectors = detectors;
        this.intel = intel;
        this.patterns = PatternLoader.load(settings.patterns());
        this.clock = clock;
        this.bounded = bounded;
    }

    /**
     * Builds the topology between the records, which carry timestamps and watermarks, and the sinks.
     *
     * @param updates changes of the rules; they must not hold back event time
     * @param profileChanges what operators say about baselines; likewise
     */
    public void build(
            DataStream<RawRecord> records, SingleOutputStreamOperator<RuleUpdate> updates,
            SingleOutputStreamOperator<ProfileChange> profileChanges, DetectionSinks sinks) {
        SingleOutputStreamOperator<Signal> detect = records
                .keyBy(record -> record.key)
                .connect(updates.broadcast(EffectiveRules.STATE))
                .process(new DetectFunction(settings, baseline, detectors, intel, clock, bounded), Types.SIGNAL)
                .name("detect").uid("detect");

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

        DataStream<Signal> signals = detect.union(drift)
                .transform("signal-time", Types.SIGNAL, new SignalTimestamps())
                .uid("signal-time");

        DataStream<Incident> incidents = Correlation.incidents(signals, patterns, clock);

        SingleOutputStreamOperator<RiskScore> risk = signals
                .keyBy(signal -> Keys.workload(signal.getWorkload()))
                .connect(incidents.keyBy(incident -> Keys.workload(incident.getWorkload())))
                .process(new RiskFunction(settings), Types.RISK)
                .name("risk").uid("risk");

        SingleOutputStreamOperator<Decision> decisions = risk
                .keyBy(score -> Keys.workload(score.getWorkload()))
                .connect(incidents.keyBy(incident -> Keys.workload(incident.getWorkload())))
                .process(new DecideFunction(settings, clock, bounded), Types.DECISION)
                .name("decide").uid("decide");

        DataStream<Alert> alerts = signals
                .keyBy(signal -> Keys.workload(signal.getWorkload()))
                .process(new AlertBudget(settings.alertBudget(), settings.alertBudgetSeconds(), clock), Types.SIGNAL)
                .name("alert-budget").uid("alert-budget")
                .map(OcsfAlerts::of, TypeInformation.of(Alert.class))
                .name("signal-alerts").uid("signal-alerts")
                .union(incidents
                        .map(OcsfAlerts::of, TypeInformation.of(Alert.class))
                        .name("incident-alerts").uid("incident-alerts"));

        to(signals, sinks.signals(), "sink-signals");
        to(incidents, sinks.incidents(), "sink-incidents");
        to(risk, sinks.risk(), "sink-risk");
        to(decisions, sinks.decisions(), "sink-decisions");
        to(alerts, sinks.alerts(), "sink-alerts");
        to(detect.getSideOutput(DetectFunction.RULE_STATUS), sinks.ruleStatus(), "sink-rule-status");
        to(baselines.getSideOutput(BaselineFunction.PROFILES), sinks.profiles(), "sink-profiles");
        to(baselines.getSideOutput(BaselineFunction.AUDIT), sinks.profileAudit(), "sink-profile-audit");
        to(detect.getSideOutput(DeadLetters.TAG).union(updates.getSideOutput(DeadLetters.TAG),
                profileChanges.getSideOutput(DeadLetters.TAG)), sinks.deadLetters(), "sink-dead-letters");
    }

    private static <T> void to(DataStream<T> stream, Sink<T> sink, String name) {
        stream.sinkTo(sink).name(name).uid(name);
    }
}
