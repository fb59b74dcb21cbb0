package io.kubeguardian.detection;

import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.observe.Observer;
import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.intel.IntelView;
import io.kubeguardian.ml.stream.BatchUse;
import io.kubeguardian.process.ProcessTree;
import io.kubeguardian.risk.RiskEvidence;
import io.kubeguardian.risk.RiskEvidences;
import io.kubeguardian.runtimepolicy.PolicyWatch;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.BatchEvents;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
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
 * Everything that is kept per pod: decoding, completeness, metadata, the process tree; and the rules, which are the same
 * for all pods and change while the job runs ({@link EffectiveRules}). Input are the
 * records of {@link Topics#EVENTS}, {@link Topics#PODS} and what others put on {@link Topics#SIGNALS} by the pod's key,
 * as one stream, so that a capture in which a pod's metadata comes before its events is replayed in that order.
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

    /** How long an exited process may still be named by late events, milliseconds. */
    static final long EXIT_GRACE_MILLIS = 10_000;
    /** How often exited processes are cleaned away, milliseconds: what of them is kept for longer than the grace. */
    static final long SWEEP_MILLIS = 5_000;
    /** How long the state of a deleted pod stays for late events, milliseconds. */
    static final long DELETE_GRACE_MILLIS = 60_000;
    /** After this long without a batch, what a pod did is forgotten even if its deletion was not seen, milliseconds. */
    static final long FORGET_MILLIS = 7L * 24 * 3600 * 1000;
    /** A node that nobody watched for so long is worth a signal: no collector takes so long to be replaced, milliseconds. */
    static final long UNWATCHED_MILLIS = 60_000;
    /** Most batches that wait for a pod's metadata. */
    static final int WAITING_LIMIT = 512;

    private final DetectionSettings settings;
    private final BaselineSettings baseline;
    private final DetectorFactory detectors;
    private final DetectionClock clock;
    private final boolean bounded;
    private final IntelSource intelSource;

    private transient AvroCodec<EventBatch> batches;
    private transient AvroCodec<PodMetadata> pods;
    private transient ForeignSignals foreignSignals;
    private transient PodsInHand inHand;
    private transient ListState<RawRecord> waiting;
    private transient MapState<String, Repeat> repeats;
    private transient MapState<String, HostName> hostNames;
    private transient HostNamesInState names;
    private transient ProcessTree tree;
    private transient RepeatGuard guard;
    private transient BatchEvaluation evaluation;
    private transient PodObservations observations;
    private transient KeyContext keys;
    private transient DetectMetrics metrics;
    private transient SignalEmitter emitter;
    private transient BroadcastState<String, RuleBundle> restoredRules;
    private transient BroadcastState<String, RuntimePolicyRecord> restoredPolicies;
    private transient RuntimePolicies policies;
    private transient EffectiveRules rules;
    private transient IntelView intel;
    private transient RuleReports reports;
    private transient RuleMetrics ruleMetrics;

    /**
     * @param bounded the input ends (a capture): metadata is waited for in event time, else in processing time
     */
    public DetectFunction(
            DetectionSettings settings, BaselineSettings baseline, DetectorFactory detectors, IntelSource intel,
            DetectionClock clock, boolean bounded) {
        this.settings = settings;
        this.baseline = baseline;
        this.detectors = detectors;
        this.intelSource = intel;
        this.clock = clock;
        this.bounded = bounded;
    }

    /** Without threat intelligence. */
    DetectFunction(DetectionSettings settings, DetectorFactory detectors, DetectionClock clock, boolean bounded) {
        this(settings, BaselineSettings.defaults(), detectors, IntelSource.none(), clock, bounded);
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
        batches = AvroCodec.of(EventBatch.class);
        pods = AvroCodec.of(PodMetadata.class);
        foreignSignals = new ForeignSignals();
        var runtime = getRuntimeContext();
        waiting = runtime.getListState(
                new ListStateDescriptor<>("waiting", TypeInformation.of(RawRecord.class)));
        repeats = runtime.getMapState(RepeatGuard.descriptor());
        hostNames = runtime.getMapState(HostNamesInState.descriptor());
        names = new HostNamesInState(hostNames);
        metrics = new DetectMetrics(runtime.getMetricGroup());
        guard = new RepeatGuard(repeats, metrics);
        emitter = new SignalEmitter(guard, metrics);
        inHand = new PodsInHand(runtime, settings.processLimit(), settings.processesInMemory(), keys, metrics);
        tree = inHand.tree();
        rules = new EffectiveRules(detectors, clock, metrics);
        rules.restore(restoredRules);
        reports = new RuleReports(runtime, clock);
        ruleMetrics = new RuleMetrics(runtime.getMetricGroup());
        policies = new RuntimePolicies(metrics.policiesRefused::inc);
        policies.restore(restoredPolicies);
        metrics.policies(policies);
        observations = new PodObservations(baseline, policies, new PolicyWatch(settings, runtime, metrics.policyBreaches,
                metrics.policyRepeats, metrics.policyNotTold), metrics);
        evaluation = new BatchEvaluation(tree, rules, emitter);
        intel = intelSource.open();
        metrics.intel(intel);
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
                metadata(record, context, out);
            } else {
                resolve(record, evidence(record), context, out);
            }
        } catch (MalformedRecordException e) {
            metrics.malformed.inc();
            context.output(DeadLetters.TAG, DeadLetters.of(record, e.getMessage(), clock.nanos()));
        }
    }

    /** A batch of events, or a signal of somebody else. */
    private SpecificRecordBase evidence(RawRecord record) throws MalformedRecordException {
        if (record.topic.equals(Topics.SIGNALS)) {
            return foreignSignals.decode(record);
        }
        EventBatch batch = decode(record);
        metrics.decoded.inc();
        return batch;
    }

    /** Empty for the host itself. */
    private static String podUid(SpecificRecordBase evidence) {
        return evidence instanceof Signal signal ? signal.getPod().getUid() : ((EventBatch) evidence).getPodUid();
    }

    private void use(
            RawRecord record, SpecificRecordBase evidence, HeldPod held, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        if (evidence instanceof Signal signal) {
            found(record, signal, held, context, out);
        } else {
            evaluate(record, (EventBatch) evidence, held, context, out);
        }
    }

    private void found(RawRecord record, Signal signal, HeldPod held, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        PodState pod = held.state;
        remember(record, pod, context);
        metrics.foreign.inc();
        long before = guard.held(ForeignSignals.repeatKey(signal), signal.getEventTime(), pod);
        if (before >= 0) {
            Signal resolved = ForeignSignals.resolved(signal, podUid(signal).isEmpty() ? null : held.metadata(), pod.ledger.completeness(), before);
            guard.passed(resolved, RepeatGuard.WINDOW_NANOS, pod);
            out.collect(resolved);
        }
        awaitRepeats(pod, context);
    }

    private EventBatch decode(RawRecord record) throws MalformedRecordException {
        EventBatch batch = batches.decode(record.value);
        BatchEvents.validate(batch);
        if (batch.getPodSequence() < 0) {
            throw new MalformedRecordException("podSequence is " + batch.getPodSequence() + ", below 0");
        }
        if (!Keys.events(batch).equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its batch belongs to "
                    + Keys.events(batch));
        }
        return batch;
    }

    private void metadata(RawRecord record, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        PodMetadata metadata = record.value == null ? null : pods.decode(record.value);
        if (metadata != null && !metadata.getUid().equals(record.key)) {
            throw new MalformedRecordException("the record's key is " + record.key + ", its metadata belongs to "
                    + metadata.getUid());
        }
        HeldPod held = inHand.current(record.key);
        PodState pod = held.state;
        tellRisk(held.metadata(), metadata, context);
        if (metadata == null || metadata.getDeleted()) {
            if (pod.lastSeen == 0 && pod.waiting == 0) {
                inHand.metadata(held, null);
                clear(held);
                return;
            }
            pod.deleteAt = Math.max(pod.lastSeen, record.timestamp) + DELETE_GRACE_MILLIS;
            context.timerService().registerEventTimeTimer(pod.deleteAt);
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

    private void resolve(RawRecord record, SpecificRecordBase evidence, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        HeldPod held = inHand.current(record.key);
        PodState pod = held.state;
        boolean unresolved = held.metadata() == null && !podUid(evidence).isEmpty();
        if (unresolved && !pod.waitOver && pod.waiting < WAITING_LIMIT && settings.metadataWaitMillis() > 0) {
            waiting.add(record);
            pod.waiting++;
            if (pod.waitUntil == 0) {
                if (bounded) {
                    pod.waitUntil = record.timestamp + settings.metadataWaitMillis();
                    context.timerService().registerEventTimeTimer(pod.waitUntil);
                } else {
                    pod.waitUntil =
                            context.timerService().currentProcessingTime() + settings.metadataWaitMillis();
                    context.timerService().registerProcessingTimeTimer(pod.waitUntil);
                }
            }
        } else {
            if (unresolved) {
                pod.waitOver = true;
                release(held, context, out);
            }
            use(record, evidence, held, context, out);
        }
        inHand.done(held);
    }

    /** Takes what waited through, with or without metadata. */
    private void release(HeldPod held, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        PodState pod = held.state;
        if (pod.waiting == 0) {
            return;
        }
        List<RawRecord> records = new ArrayList<>();
        waiting.get().forEach(records::add);
        waiting.clear();
        pod.waiting = 0;
        pod.waitUntil = 0;
        for (RawRecord record : records) {
            try {
                use(record, evidence(record), held, context, out);
            } catch (MalformedRecordException e) {
                throw new IllegalStateException("was valid before it waited", e);
            }
        }
    }

    private void evaluate(RawRecord record, EventBatch batch, HeldPod held, ReadOnlyContext context, Collector<Signal> out)
            throws Exception {
        PodState pod = held.state;
        long lostBefore = pod.ledger.lostEvents;
        long crashesBefore = pod.ledger.crashes;
        long unwatchedBefore = pod.ledger.unwatchedMillis;
        boolean isNew = pod.ledger.enter(batch, record.timestamp + settings.disorderMillis());
        if (!isNew) {
            metrics.duplicates.inc();
            return;
        }
        if (held.metadata() == null && !batch.getPodUid().isEmpty()) {
            metrics.unresolved.inc();
        }
        metrics.events.inc(BatchEvents.count(batch));
        remember(record, pod, context);
        pod.cluster = batch.getCluster();
        pod.node = batch.getNode();
        boot(batch, held);

        PodContext podContext = held.context(batch);
        Completeness completeness = pod.ledger.completeness();
        long now = clock.nanos();
        SignalFactory signals = new SignalFactory(batch, podContext, completeness, now);
        emitter.begin(signals, pod);
        Observer observer = observations.begin(batch, podContext, completeness, now, pod);
        if (pod.ledger.lostEvents > lostBefore && batch.getPodUid().isEmpty()) {
            lost(batch, pod, pod.ledger.lostEvents - lostBefore, signals, out);
        }
        if (!bounded && batch.getPodUid().isEmpty()) {
            clock(batch, context.timerService().currentWatermark(), now, pod, signals, out);
        }
        if (pod.ledger.crashes > crashesBefore) {
            out.collect(signals.gap("crash", Long.toString(batch.getEpoch()), "The collector of node " + batch.getNode()
                            + " was killed or crashed: what it had not sent by then is missing, nobody knows how much",
                    Map.of("kubeguardian.epoch", Long.toString(batch.getPreviousEpoch())), batch.getBaseTime()));
        }
        long unwatched = pod.ledger.unwatchedMillis - unwatchedBefore;
        if (unwatched >= UNWATCHED_MILLIS) {
            out.collect(signals.gap("unwatched", batch.getEpoch() + "/" + batch.getUnwatchedMillis(),
                    "No collector ran on node " + batch.getNode() + " for " + unwatched / 1000
                            + " s: what happened in the pod meanwhile is not known",
                    Map.of("kubeguardian.unwatched", Long.toString(unwatched)), batch.getBaseTime()));
        }
        tree.begin(held.processes);
        names.begin(held);
        evaluation.run(batch, podContext, names, intel.current(), observer);
        metrics.evicted.inc(tree.commit());
        emitter.signals().forEach(out::collect);
        long toldAt = pod.activityAt;
        observations.judge(out);
        observed(observations.end(pod), context);
        if (pod.activityAt != 0 && pod.activityAt != toldAt) {
            context.timerService().registerEventTimeTimer(pod.activityAt);
        }
        context.output(BATCHES,
                new BatchUse(batch, podContext.workload(), podContext.pod(), pod.ledger.completeness()));

        awaitRepeats(pod, context);
        if (!batch.getExits().isEmpty() && pod.sweepAt == 0) {
            sweepAfter(record.timestamp, pod, context);
        }
        long deadline = pod.ledger.nextDeadline();
        if (deadline != Long.MAX_VALUE) {
            context.timerService().registerEventTimeTimer(deadline);
        }
    }

    private static void observed(Observation observation, ReadOnlyContext context) {
        if (observation != null) {
            context.output(OBSERVATIONS, observation);
        }
    }

    /** The pod lives: its state is kept, for as long as it is heard of. */
    private static void remember(RawRecord record, PodState pod, ReadOnlyContext context) {
        if (pod.forgetAt == 0) {
            pod.forgetAt = record.timestamp + FORGET_MILLIS;
            context.timerService().registerEventTimeTimer(pod.forgetAt);
        }
        pod.lastSeen = Math.max(pod.lastSeen, record.timestamp);
    }

    /** A node that came up again has none of the processes it had; a pod may keep its UID over that (static pods). */
    private void boot(EventBatch batch, HeldPod held) {
        PodState pod = held.state;
        if (batch.getEpoch() > pod.newestEpoch) {
            pod.newestEpoch = batch.getEpoch();
            if (!batch.getBootId().equals(pod.bootId)) {
                if (!pod.bootId.isEmpty()) {
                    inHand.forgetProcesses(held);
                }
                pod.bootId = batch.getBootId();
            }
        }
    }

    /** One signal a node, of its own batches: those of its pods say the same, and whose events they were nobody knows. */
    private void lost(EventBatch batch, PodState pod, long events, SignalFactory signals, Collector<Signal> out)
            throws Exception {
        metrics.lost.inc(events);
        if (guard.held("gap.lost", batch.getBaseTime(), pod) < 0) {
            return;
        }
        Signal gap = signals.gap("lost", batch.getEpoch() + "/" + Ledger.lossTotal(batch),
                "Node " + batch.getNode() + " lost " + events + " events, " + pod.ledger.lostEvents
                        + " since it was first seen: what is known of its pods may be incomplete",
                Map.of("kubeguardian.lost", Long.toString(events)), batch.getBaseTime());
        guard.passed(gap, RepeatGuard.WINDOW_NANOS, pod);
        out.collect(gap);
    }

    /** A node whose word comes with a time that is over, or still to come: its events are judged in the wrong order. */
    private void clock(EventBatch batch, long watermark, long now, PodState pod, SignalFactory signals,
            Collector<Signal> out) throws Exception {
        long time = batch.getBaseTime() / 1_000_000;
        long ahead = time - now / 1_000_000;
        boolean isAhead = ahead > SlowClock.TOLERATED_MILLIS;
        if (!isAhead && time + SlowClock.TOLERATED_MILLIS >= watermark || guard.held("gap.clock", batch.getBaseTime(), pod) < 0) {
            return;
        }
        long seconds = (isAhead ? ahead : -ahead) / 1000;
        Signal gap = signals.gap("clock", Long.toString(batch.getPodSequence()),
                "Events of node " + batch.getNode() + " come " + seconds + (isAhead
                        ? " s ahead of time: its clock is wrong" : " s late: its clock is behind, or it was cut off from Kafka")
                        + "; what they have to do with those of other nodes may be missed",
                Map.of("kubeguardian.ahead_seconds", Long.toString(ahead / 1000)), batch.getBaseTime());
        guard.passed(gap, RepeatGuard.WINDOW_NANOS, pod);
        out.collect(gap);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Signal> out) throws Exception {
        HeldPod held = inHand.current(context.getCurrentKey());
        PodState pod = held.state;
        if (!held.known) {
            clear(held);
            return;
        }
        boolean eventTime = context.timeDomain() == TimeDomain.EVENT_TIME;
        if (eventTime == bounded && pod.waitUntil != 0 && pod.waitUntil <= timestamp) {
            pod.waitOver = true;
            release(held, context, out);
        }
        if (eventTime) {
            if (pod.deleteAt != 0 && pod.deleteAt <= timestamp) {
                tellRepeats(Long.MAX_VALUE, timestamp, held, out);
                tellActivity(timestamp, held, context);
                inHand.metadata(held, null);
                clear(held);
                return;
            }
            if (pod.forgetAt != 0 && pod.lastSeen + FORGET_MILLIS <= timestamp) {
                clear(held); // but not its metadata: a pod may live on in silence, and its name is told only once
                return;
            }
            keepHouse(timestamp, held, context, out);
        }
        inHand.done(held);
    }

    private void keepHouse(long now, HeldPod held, OnTimerContext context, Collector<Signal> out) throws Exception {
        PodState pod = held.state;
        long missing = pod.ledger.expire(now);
        if (missing > 0) {
            metrics.missing.inc(missing);
            missing(missing, now, held, out);
        }
        if (pod.repeatsAt != 0 && pod.repeatsAt <= now) {
            tellRepeats(now * 1_000_000, now, held, out);
            awaitRepeats(pod, context);
        }
        if (pod.activityAt != 0 && pod.activityAt <= now) {
            tellActivity(now, held, context);
        }
        if (pod.sweepAt != 0 && pod.sweepAt <= now) {
            tree.begin(held.processes);
            boolean more = tree.sweep((now - EXIT_GRACE_MILLIS) * 1_000_000);
            guard.forget(now * 1_000_000, pod);
            pod.sweepAt = 0;
            if (more) {
                sweepAfter(now, pod, context);
            }
        }
        if (pod.forgetAt != 0 && pod.forgetAt <= now) {
            pod.forgetAt = pod.lastSeen + FORGET_MILLIS;
            context.timerService().registerEventTimeTimer(pod.forgetAt);
        }
    }

    private static void awaitRepeats(PodState pod, ReadOnlyContext context) {
        if (pod.repeatsAt != 0) {
            context.timerService().registerEventTimeTimer(pod.repeatsAt);
        }
    }

    /** @param until repeats of the time before, nanoseconds */
    private void tellRepeats(long until, long now, HeldPod held, Collector<Signal> out) throws Exception {
        List<Repeat> over = guard.over(until, held.state);
        if (!over.isEmpty()) {
            SignalFactory signals = HouseSignals.of(held.state, held.key, held.metadata(), now, clock.nanos());
            over.forEach(repeat -> out.collect(signals.repeats(repeat)));
        }
    }

    private void tellActivity(long now, HeldPod held, OnTimerContext context) throws Exception {
        PodState pod = held.state;
        String key = held.key;
        String uid = key.equals(Keys.events("", pod.node)) ? "" : key;
        PodContext about = new PodContext(pod.cluster, pod.node, uid, held.metadata());
        observed(observations.counts(about, pod.ledger.completeness(), now, clock.nanos(), pod), context);
    }

    private static void sweepAfter(long time, PodState pod, ReadOnlyContext context) {
        pod.sweepAt = time + EXIT_GRACE_MILLIS + SWEEP_MILLIS;
        context.timerService().registerEventTimeTimer(pod.sweepAt);
    }

    private void missing(long batchesMissing, long now, HeldPod held, Collector<Signal> out) throws Exception {
        PodState pod = held.state;
        SignalFactory signals = HouseSignals.of(pod, held.key, held.metadata(), now, clock.nanos());
        // With the time: a batch that comes after all is taken off the count, which may then be reached a second time.
        out.collect(signals.gap("missing", pod.newestEpoch + "/" + pod.ledger.missingBatches + "/" + now,
                batchesMissing + " batches of events never arrived, " + pod.ledger.missingBatches
                        + " since this pod was first seen: what happened in the pod is incomplete",
                Map.of("kubeguardian.missing", Long.toString(batchesMissing)), now * 1_000_000));
    }

    private void clear(HeldPod held) {
        inHand.forget(held);
        waiting.clear();
        repeats.clear();
        hostNames.clear();
        observations.clear();
    }
}
