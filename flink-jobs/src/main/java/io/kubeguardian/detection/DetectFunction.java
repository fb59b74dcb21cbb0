package io.kubeguardian.detection;

import io.kubeguardian.baseline.Observation;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskEvidences;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Takes each record to the part whose job it is. Input are the records of {@link Topics#EVENTS}, {@link Topics#PODS} and
 * what others put on {@link Topics#SIGNALS} by the pod's key, as one stream, so that a capture in which a pod's metadata
 * comes before its events is replayed in that order; and the rules and policies, which are the same for all pods and change
 * while the job runs ({@link EffectiveRules}, {@link RuntimePolicies}).
 *
 * <p>A record is read ({@link EvidenceReader}), waits for its pod's metadata ({@link MetadataWait}) and is judged
 * ({@link EvidenceJudge}). What comes with the time is {@link PodHousekeeping}'s; what is kept of a pod, {@link PodStores}'.
 */
public final class DetectFunction extends KeyedBroadcastProcessFunction<String, RawRecord, RuleUpdate, Signal>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    static final OutputTag<Observation> OBSERVATIONS =
            new OutputTag<>("observations", TypeInformation.of(Observation.class));
    static final OutputTag<RiskEvidence> POD_FACTS =
            new OutputTag<>("pod-facts", TypeInformation.of(RiskEvidence.class));
    /** Every batch that was judged, for the models of behaviour. */
    static final OutputTag<BatchUse> BATCHES = new OutputTag<>("batches", TypeInformation.of(BatchUse.class));
    static final OutputTag<RuleStatus> RULE_STATUS = new OutputTag<>("rule-status", Types.RULE_STATUS);

    private final DetectionSettings settings;
    private final BaselineSettings baseline;
    private final DetectorFactory detectors;
    private final DetectionClock clock;
    private final boolean bounded;
    private final IntelSource intelSource;
    private final List<RuntimePolicyRecord> givenPolicies;

    private transient KeyContext keys;
    private transient DetectMetrics metrics;
    private transient EvidenceReader reader;
    private transient PodsInHand inHand;
    private transient PodStores stores;
    private transient MetadataWait wait;
    private transient PodHousekeeping house;
    private transient EvidenceJudge judge;
    private transient BroadcastState<String, RuleBundle> restoredRules;
    private transient BroadcastState<String, RuntimePolicyRecord> restoredPolicies;
    private transient RuntimePolicies policies;
    private transient EffectiveRules rules;
    private transient IntelView intel;
    private transient RuleReports reports;
    private transient RuleMetrics ruleMetrics;

    /**
     * @param policies that are in force from the first event on, before any that is published
     * @param bounded the input ends (a capture): metadata is waited for in event time, else in processing time
     */
    public DetectFunction(
            DetectionSettings settings, BaselineSettings baseline, DetectorFactory detectors, IntelSource intel,
            List<RuntimePolicyRecord> policies, DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.baseline = baseline;
        this.detectors = detectors;
        this.intelSource = intel;
        this.givenPolicies = List.copyOf(policies);
        this.clock = clock;
        this.bounded = bounded;
    }

    /** Without threat intelligence, and without policies until some are published. */
    DetectFunction(DetectionSettings settings, DetectorFactory detectors, DetectionClock clock, boolean bounded) {
        this(settings, BaselineSettings.defaults(), detectors, IntelSource.none(), List.of(), clock, bounded);
    }

    /** To be called before {@link #open}. @param context sets the key that keyed state is read and written under */
    void keys(KeyContext context) {
        keys = context;
    }

    /** The bundle that ran must be known before the first record comes: it is asked for here. */
    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        restoredRules = context.getOperatorStateStore().getBroadcastState(EffectiveRules.STATE);
        restoredPolicies = context.getOperatorStateStore().getBroadcastState(RuntimePolicies.STATE);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // The operator has let flush() write what was in hand; all else is Flink's own state.
    }

    /** Before a checkpoint: brings keyed state up to date. */
    void flush() throws Exception {
        inHand.flush();
    }

    @Override
    public void open(OpenContext context) throws Exception {
        var runtime = getRuntimeContext();
        metrics = new DetectMetrics(runtime.getMetricGroup());
        rules = new EffectiveRules(detectors, clock, metrics);
        rules.restore(restoredRules);
        reports = new RuleReports(runtime, clock);
        ruleMetrics = new RuleMetrics(runtime.getMetricGroup());
        policies = new RuntimePolicies(metrics.policiesRefused::inc);
        policies.restore(restoredPolicies);
        policies.useAll(givenPolicies);
        metrics.policies(policies);
        intel = intelSource.open();
        metrics.intel(intel);
        reader = new EvidenceReader();
        stores = PodStores.open(runtime, settings, baseline, policies, keys, metrics);
        inHand = stores.inHand();
        wait = new MetadataWait(runtime, settings.metadataWaitMillis(), bounded);
        GapSignals gaps = new GapSignals(stores.guard(), bounded, metrics);
        house = new PodHousekeeping(stores, gaps, clock);
        judge = new EvidenceJudge(stores, rules, intel, gaps, settings.disorderMillis(), clock, metrics);
    }

    @Override
    public void close() throws Exception {
        if (intel != null) {
            intel.close();
        }
        if (rules != null) {
            rules.close();
        }
    }

    @Override
    public void processBroadcastElement(RuleUpdate update, Context context, Collector<Signal> out) throws Exception {
        BroadcastState<String, RuleBundle> state = context.getBroadcastState(EffectiveRules.STATE);
        boolean changed = rules.settle(state);
        if (update.bundle != null) {
            rules.request(update.bundle, state);
            changed = true;
        }
        if (!update.policyKey.isEmpty()) {
            policies.apply(update.policyKey, update.policy, context.getBroadcastState(RuntimePolicies.STATE));
        }
        RuleStatus status = reports.due(rules, changed, context.currentProcessingTime());
        if (status != null) {
            ruleMetrics.update(rules.meter());
            context.output(RULE_STATUS, status);
        }
    }

    @Override
    public void processElement(RawRecord record, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        try {
            if (record.topic.equals(Topics.PODS)) {
                metadata(record, reader.metadata(record), context, out);
            } else {
                evidence(record, read(record), context, out);
            }
        } catch (MalformedRecordException e) {
            metrics.malformed.inc();
            context.output(DeadLetters.TAG, DeadLetters.of(record, e.getMessage(), clock.nanos()));
        }
    }

    private SpecificRecordBase read(RawRecord record) throws MalformedRecordException {
        SpecificRecordBase evidence = reader.evidence(record);
        if (evidence instanceof EventBatch) {
            metrics.decoded.inc();
        }
        return evidence;
    }

    /** @param metadata null: the pod is gone */
    private void metadata(RawRecord record, PodMetadata metadata, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        HeldPod held = inHand.current(record.key);
        PodState pod = held.state;
        tellRisk(held.metadata(), metadata, context);
        if (metadata == null || metadata.getDeleted()) {
            if (pod.lastSeen == 0 && pod.waiting == 0) {
                inHand.metadata(held, null);
                clear(held);
                return;
            }
            PodHousekeeping.awaitDeletion(record, pod, context.timerService());
        } else {
            inHand.metadata(held, metadata);
            pod.deleteAt = 0;
            release(held, context, out);
        }
        inHand.done(held);
    }

    /** What the pod's exposure and labels are from now on. @param now null: it is gone */
    private static void tellRisk(PodMetadata before, PodMetadata now, ReadOnlyContext context) {
        PodMetadata after = now != null || before == null ? now : PodMetadata.newBuilder(before).setDeleted(true).build();
        if (after != null) {
            RiskEvidences.of(before, after, new PodContext(after.getCluster(), after.getNode(), after.getUid(), after)
                    .workload(), evidence -> context.output(POD_FACTS, evidence));
        }
    }

    private void evidence(RawRecord record, SpecificRecordBase evidence, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        HeldPod held = inHand.current(record.key);
        boolean unresolved = held.metadata() == null && !EvidenceReader.podUid(evidence).isEmpty();
        if (!unresolved || !wait.keep(record, held.state, context.timerService())) {
            if (unresolved) {
                release(held, context, out);
            }
            judge.judge(record, evidence, held, context, out);
        }
        inHand.done(held);
    }

    /** Judges what waited, with or without metadata. */
    private void release(HeldPod held, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        for (RawRecord record : wait.take(held.state)) {
            try {
                judge.judge(record, read(record), held, context, out);
            } catch (MalformedRecordException e) {
                throw new IllegalStateException("was valid before it waited", e);
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) throws Exception {
        HeldPod held = inHand.current(context.getCurrentKey());
        PodState pod = held.state;
        if (!held.known) {
            clear(held);
            return;
        }
        if (wait.endedBy(pod, context.timeDomain(), timestamp)) {
            release(held, context, out);
        }
        if (context.timeDomain() == TimeDomain.EVENT_TIME) {
            if (PodHousekeeping.isDeleted(pod, timestamp)) {
                house.tellLast(timestamp, held, context, out);
                inHand.metadata(held, null);
                clear(held);
                return;
            }
            if (PodHousekeeping.isForgotten(pod, timestamp)) {
                clear(held); // but not its metadata: a pod may live on in silence, and its name is told only once
                return;
            }
            house.keep(timestamp, held, context, out);
        }
        inHand.done(held);
    }

    private void clear(HeldPod held) {
        stores.forget(held);
        wait.clear();
    }
}
