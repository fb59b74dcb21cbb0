package io.kubeguardian.baseline;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.WorkloadRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The baseline of each workload, learned from all of its replicas together and split by image. Keyed by workload. First
 * input: what the pods do; second: what operators say.
 *
 * <p>While it learns, observations wait for the watermark, so that the order in which they come changes nothing; a
 * baseline that is ready judges at once. A drift is told for each pod and program that it is new to: that one replica
 * was attacked, or that a download came from where the downloaded program now connects, must not hide the same of
 * another. It is told again once a containment that it may have led to is over, so that an attack that goes on is a
 * story of its own.
 */
public final class BaselineFunction extends KeyedCoProcessFunction<String, Observation, ProfileChange, Sighting> {
    private static final long serialVersionUID = 1L;

    public static final OutputTag<Profile> PROFILES = new OutputTag<>("profiles", Types.PROFILE);
    public static final OutputTag<ProfileAudit> AUDIT = new OutputTag<>("profile-audit", Types.PROFILE_AUDIT);
    public static final OutputTag<PodSeen> PODS = new OutputTag<>("pods", TypeInformation.of(PodSeen.class));

    /** A baseline that nothing used for this long goes, milliseconds: its workload is gone. */
    static final long FORGET_MILLIS = 30L * 24 * 3600 * 1000;
    /** The same drift of the same program in the same pod is not told again for longer than this, seconds. */
    private static final long MOST_SILENCE_SECONDS = 900;
    /** What waits is looked at so often, event time in milliseconds. */
    private static final long WAIT_MILLIS = 50;
    /** Most observations that wait for the watermark; more are taken in as they come, and counted. */
    static final int WAITING_LIMIT = 10_000;

    private final DetectionSettings settings;
    private final BaselineSettings baselineSettings;
    private final DetectionClock clock;

    private transient Baseline baseline;
    private transient WorkloadStore store;
    private transient ListState<Observation> waiting;
    private transient PolicyApplication policies;
    private transient Judgement judgement;
    private transient RateWatch rates;
    private transient Publisher publisher;
    private transient Counter unordered;

    public BaselineFunction(DetectionSettings settings, BaselineSettings baselineSettings, DetectionClock clock) {
        this.settings = settings;
        this.baselineSettings = baselineSettings;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        baseline = new Baseline(settings, baselineSettings);
        store = new WorkloadStore(getRuntimeContext(), settings, baselineSettings);
        waiting = getRuntimeContext().getListState(
                new ListStateDescriptor<>("waiting", TypeInformation.of(Observation.class)));
        policies = new PolicyApplication(store);
        publisher = new Publisher(store, new RateModel(baselineSettings), clock);
        judgement = new Judgement(store, baseline, publisher, settings, silenceNanos(), metrics);
        rates = new RateWatch(store, baselineSettings, publisher);
        unordered = metrics.counter("unordered");
    }

    private long silenceNanos() {
        return Math.min(settings.containSeconds(), MOST_SILENCE_SECONDS) * 1_000_000_000L;
    }

    @Override
    public void processElement1(Observation observation, Context context, Collector<Sighting> out) throws Exception {
        WorkloadBaseline workload = workload(observation.workload, observation.time / 1_000_000, context);
        workload.lastSeen = Math.max(workload.lastSeen, observation.time / 1_000_000);
        publisher.begin(output(context));
        if (observation.activity.length > 0) {
            rates.add(observation, workload, out);
        }
        if (!observation.items.isEmpty() || !observation.calls.isEmpty()) {
            if (mustWait(observation, context)) {
                if (workload.waiting < WAITING_LIMIT) {
                    waiting.add(observation);
                    workload.waiting++;
                } else {
                    unordered.inc();
                    judgement.take(observation, workload, out);
                }
            } else {
                judgement.take(observation, workload, out);
            }
        }
        plan(workload, observation.time / 1_000_000, context);
        store.update(workload);
    }

    private static Publisher.Output output(Context context) {
        return new Publisher.Output() { // a lambda cannot have a type of its own
            @Override
            public <T> void output(OutputTag<T> tag, T record) {
                context.output(tag, record);
            }
        };
    }

    private WorkloadBaseline workload(WorkloadRef ref, long millis, Context context) throws Exception {
        WorkloadBaseline workload = store.workload();
        if (workload == null) {
            workload = new WorkloadBaseline();
            workload.workload = ref;
            workload.forgetAt = Long.MAX_VALUE;
        }
        if (workload.forgetAt == Long.MAX_VALUE) {
            workload.forgetAt = millis + Math.min(FORGET_MILLIS, baselineSettings.staleSeconds() * 1000L);
            context.timerService().registerEventTimeTimer(workload.forgetAt);
        }
        return workload;
    }

    private boolean mustWait(Observation observation, Context context) throws Exception {
        if (observation.time / 1_000_000 < context.timerService().currentWatermark()) {
            return false;
        }
        String last = null;
        for (ObservedItem item : observation.items) {
            if (!item.image.equals(last)) {
                last = item.image;
                if (learns(store.image(item.image))) {
                    return true;
                }
            }
        }
        for (ObservedCalls calls : observation.calls) {
            if (learns(store.image(calls.image))) {
                return true;
            }
        }
        return false;
    }

    private static boolean learns(ImageBaseline image) {
        return image == null || image.phase() != ProfilePhase.READY;
    }

    /** Timers for what is still to be done. */
    private void plan(WorkloadBaseline workload, long millis, Context context) throws Exception {
        var timers = context.timerService();
        if (workload.waiting > 0 && workload.waitingAt == 0) {
            workload.waitingAt = Math.max(millis, timers.currentWatermark()) / WAIT_MILLIS * WAIT_MILLIS + WAIT_MILLIS;
            timers.registerEventTimeTimer(workload.waitingAt);
        }
        if (judgement.learns() && workload.lookAt == 0) {
            workload.lookAt = judgement.readyAt() / 1_000_000 + 1;
            timers.registerEventTimeTimer(workload.lookAt);
        }
        if (judgement.toldSince() != 0 && workload.tellAgainAt == 0) {
            workload.tellAgainAt = (judgement.toldSince() + silenceNanos()) / 1_000_000 + 1;
            timers.registerEventTimeTimer(workload.tellAgainAt);
        }
        if (publisher.somethingChanged() && workload.publishAt == 0) {
            workload.publishAt = millis + baselineSettings.publishSeconds() * 1000L;
            timers.registerEventTimeTimer(workload.publishAt);
        }
        long hour = rates.end();
        if (hour != 0 && hour != workload.hourAt) {
            workload.hourAt = hour;
            timers.registerEventTimeTimer(hour);
        }
        publisher.withdrawGone(workload);
        judgement.end();
    }

    @Override
    public void processElement2(ProfileChange change, Context context, Collector<Sighting> out) throws Exception {
        WorkloadBaseline workload =
                workload(change.policy.getWorkload(), change.policy.getIssuedTime() / 1_000_000, context);
        publisher.begin(output(context));
        if (!change.policy.getDigest().equals(workload.policyDigest)) {
            if (PolicyApplication.resets(workload, change.policy)) {
                waiting.clear();
                workload.waiting = 0;
            }
            long watermark = context.timerService().currentWatermark();
            long time = Math.max(workload.lastSeen, watermark == Long.MAX_VALUE ? 0 : Math.max(0, watermark));
            policies.apply(workload, change.policy, time * 1_000_000);
            publisher.applied(workload, change.policy);
        }
        for (ImageBaseline image : store.images()) {
            publisher.publish(workload, image);
        }
        publisher.withdrawGone(workload);
        store.update(workload);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Sighting> out) throws Exception {
        WorkloadBaseline workload = store.workload();
        if (workload == null) {
            return;
        }
        publisher.begin(output(context));
        if (workload.forgetAt <= timestamp && !look(workload, timestamp, context)) {
            return;
        }
        if (workload.waitingAt != 0 && workload.waitingAt <= timestamp) {
            workload.waitingAt = 0;
            drain(workload, context.timerService().currentWatermark(), out);
        }
        if (workload.lookAt != 0 && workload.lookAt <= timestamp) {
            workload.lookAt = 0;
            judgement.look(workload, timestamp * 1_000_000);
        }
        if (workload.tellAgainAt != 0 && workload.tellAgainAt <= timestamp) {
            forgetTold(timestamp * 1_000_000, workload, context);
        }
        if (workload.hourAt != 0 && workload.hourAt <= timestamp) {
            workload.hourAt = 0;
            rates.close(workload, timestamp);
        }
        if (workload.publishAt != 0 && workload.publishAt <= timestamp) {
            workload.publishAt = 0;
            publisher.publishChanged(workload);
        }
        plan(workload, timestamp, context);
        store.update(workload);
    }

    /** Takes in what waited, in the order of time: whatever the order in which it came. */
    private void drain(WorkloadBaseline workload, long watermark, Collector<Sighting> out) throws Exception {
        List<Observation> due = new ArrayList<>();
        List<Observation> left = new ArrayList<>();
        for (Observation observation : waiting.get()) {
            (observation.time / 1_000_000 < watermark ? due : left).add(observation);
        }
        due.sort(Comparator.comparingLong((Observation o) -> o.time).thenComparing(o -> o.pod.getUid())
                .thenComparingInt(o -> o.items.size()));
        waiting.update(left);
        workload.waiting = left.size();
        for (Observation observation : due) {
            judgement.take(observation, workload, out);
        }
    }

    private void forgetTold(long now, WorkloadBaseline workload, OnTimerContext context) throws Exception {
        workload.drifted.clear();
        workload.tellAgainAt = 0;
        long oldest = Long.MAX_VALUE;
        for (Iterator<Map.Entry<String, Long>> all = store.told.iterator(); all.hasNext(); ) {
            Map.Entry<String, Long> entry = all.next();
            if (now - entry.getValue() >= silenceNanos()) {
                all.remove();
            } else {
                oldest = Math.min(oldest, entry.getValue());
                workload.drifted.merge(entry.getKey().substring(0, entry.getKey().indexOf('|')), 1, Integer::sum);
            }
        }
        if (oldest == Long.MAX_VALUE) {
            store.told.clear(); // on the heap an empty map would stay for every key there ever was
        } else {
            workload.tellAgainAt = (oldest + silenceNanos()) / 1_000_000 + 1;
            context.timerService().registerEventTimeTimer(workload.tellAgainAt);
        }
    }

    /** Whether the workload is still there; what was not seen for long is stale. */
    private boolean look(WorkloadBaseline workload, long timestamp, OnTimerContext context) throws Exception {
        if (workload.lastSeen + FORGET_MILLIS <= timestamp) {
            for (ImageBaseline image : store.images()) {
                publisher.forgotten(workload, image, timestamp * 1_000_000);
            }
            waiting.clear();
            workload.waiting = 0;
            if (workload.policyDigest.isEmpty()) {
                store.clear();
                return false;
            }
            store.clearImages(); // but not what operators said
            workload.forgetAt = Long.MAX_VALUE;
            return true;
        }
        for (ImageBaseline image : store.images()) {
            if (image.phase() == ProfilePhase.READY && !workload.frozen
                    && baseline.staleAt(image) <= timestamp * 1_000_000) {
                image.staleSince = baseline.staleAt(image);
                store.put(image);
                publisher.changed(workload, image, ProfileEvent.STALE, image.staleSince, "nothing was seen since "
                        + DriftSignals.time(image.lastSeen));
            }
        }
        workload.forgetAt = timestamp + Math.min(FORGET_MILLIS, baselineSettings.staleSeconds() * 1000L);
        context.timerService().registerEventTimeTimer(workload.forgetAt);
        return true;
    }
}
