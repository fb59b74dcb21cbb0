package io.kubeguardian.risk;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Verdict;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The last word on what is done, keyed by cluster: one subtask sees all of a cluster's decisions, so that a bug, or an
 * attacker who makes noise, cannot take the cluster down. What is over a limit, and what the policy lets a person decide,
 * waits for one, for a bounded time. Every step is written down.
 */
public final class DecisionGate extends KeyedProcessFunction<String, GateInput, Decision> {
    private static final long serialVersionUID = 1L;

    /** Every step of every decision. */
    static final OutputTag<Decision> LOG = new OutputTag<>("decision-log", Types.DECISION);

    /** Most decisions of a cluster that wait for a person. */
    static final int MOST_WAITING = 1_000;
    private static final long MINUTE = 60_000_000_000L;

    private final DecisionSettings limits;
    private final DetectionClock clock;
    private final boolean bounded;
    private transient MapState<String, Decision> waiting;
    /** By workload: until when it is contained. */
    private transient MapState<String, Long> contained;
    /** When containments were decided, within the last minute. */
    private transient ListState<Long> recent;
    private transient Counter enforced;
    private transient Counter held;
    private transient Counter answersWithoutQuestion;
    private transient Histogram latency;

    /** @param bounded the input is a capture: its own time counts, and nobody is waited for */
    public DecisionGate(DecisionSettings limits, DetectionClock clock, boolean bounded) {
        this.limits = limits;
        this.clock = clock;
        this.bounded = bounded;
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        waiting = runtime.getMapState(
                new MapStateDescriptor<>("waiting-decisions", BasicTypeInfo.STRING_TYPE_INFO, Types.DECISION));
        contained = runtime.getMapState(new MapStateDescriptor<>(
                "contained-workloads", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        recent = runtime.getListState(new ListStateDescriptor<>("recent-containments", BasicTypeInfo.LONG_TYPE_INFO));
        enforced = runtime.getMetricGroup().counter("decisionsInForce");
        held = runtime.getMetricGroup().counter("decisionsHeld");
        answersWithoutQuestion = runtime.getMetricGroup().counter("approvalsOfNothing");
        latency = runtime.getMetricGroup()
                .histogram("decisionMicros", new DescriptiveStatisticsHistogram(4_096));
    }

    @Override
    public void processElement(GateInput input, Context context, Collector<Decision> out) throws Exception {
        if (input.approval != null) {
            answered(input.approval, context, out);
            return;
        }
        Decision proposal = input.proposal;
        long arrived = proposal.getTook();
        proposal = Decision.newBuilder(proposal).setTook(Math.max(0, clock.nanos() - arrived)).build();
        latency.update(proposal.getTook() / 1_000);
        boolean contains = proposal.getVerdict() == Verdict.CONTAIN || proposal.getVerdict() == Verdict.QUARANTINE;
        if (!contains || proposal.getState() == DecisionState.DRY_RUN) {
            context.output(LOG, proposal);
        } else if (proposal.getState() == DecisionState.PENDING) {
            wait(proposal, "the policy lets a person decide", context);
        } else {
            long now = bounded ? proposal.getEventTime() : proposal.getIssuedTime();
            String over = overLimit(proposal, now);
            if (over == null) {
                enforce(proposal, now, context, out);
            } else {
                held.inc();
                wait(Decision.newBuilder(proposal).setState(DecisionState.HELD).build(), over, context);
            }
        }
    }

    /** Why not, or null. A workload that is contained already takes no more of the first limit. */
    private String overLimit(Decision decision, long now) throws Exception {
        int workloads = 0;
        String own = Keys.workload(decision.getWorkload());
        boolean already = false;
        for (Iterator<Map.Entry<String, Long>> all = contained.iterator(); all.hasNext(); ) {
            Map.Entry<String, Long> one = all.next();
            if (one.getValue() <= now) {
                all.remove();
            } else {
                workloads++;
                already |= one.getKey().equals(own);
            }
        }
        if (!already && workloads >= limits.containedWorkloads()) {
            return workloads + " workloads of the cluster are contained, and decisions.containedWorkloads is "
                    + limits.containedWorkloads();
        }
        List<Long> lately = new ArrayList<>();
        for (long time : recent.get()) {
            if (now - time < MINUTE) {
                lately.add(time);
            }
        }
        recent.update(lately);
        return lately.size() < limits.containedPerMinute() ? null
                : lately.size() + " containments in the last minute, and decisions.containedPerMinute is "
                        + limits.containedPerMinute();
    }

    private void enforce(Decision decision, long now, Context context, Collector<Decision> out) throws Exception {
        enforced.inc();
        Long until = contained.get(Keys.workload(decision.getWorkload()));
        contained.put(Keys.workload(decision.getWorkload()),
                until == null ? decision.getExpiresTime() : Math.max(until, decision.getExpiresTime()));
        recent.add(now);
        out.collect(decision);
        if (decision.getVerdict() == Verdict.QUARANTINE) {
            out.collect(Decision.newBuilder(decision).setId(decision.getId() + "-workload").setNode("").setPodUid("")
                    .setContainerId("").setActions(List.of()).setExceptPaths(List.of()).setExceptDestinations(List.of())
                    .build());
        }
        context.output(LOG, decision);
    }

    private void wait(Decision decision, String why, Context context) throws Exception {
        int count = 0;
        for (String ignored : waiting.keys()) {
            count++;
        }
        boolean fits = count < MOST_WAITING;
        long until = clock.nanos() + limits.approvalSeconds() * 1_000_000_000L;
        Decision noted = Decision.newBuilder(decision)
                .setNote(why + (fits ? "" : "; " + MOST_WAITING + " wait already, so it lapses at once")).build();
        if (fits && !bounded) {
            waiting.put(noted.getId(), noted);
            context.timerService().registerProcessingTimeTimer(until / 1_000_000 + 1);
        }
        context.output(LOG, noted);
    }

    private void answered(Approval approval, Context context, Collector<Decision> out) throws Exception {
        Decision decision = waiting.get(approval.getDecisionId());
        if (decision == null) {
            answersWithoutQuestion.inc(); // answered before, lapsed, or never asked
            return;
        }
        waiting.remove(approval.getDecisionId());
        String who = (approval.getApproved() ? "approved by " : "rejected by ") + approval.getBy()
                + (approval.getReason().isEmpty() ? "" : ": " + approval.getReason());
        Decision.Builder answered = Decision.newBuilder(decision).setNote(decision.getNote() + "; " + who).setTook(0);
        if (!approval.getApproved()) {
            context.output(LOG, answered.setState(DecisionState.REJECTED).build());
            return;
        }
        long now = clock.nanos();
        long lasts = decision.getExpiresTime() - decision.getEventTime();
        // A person who knows the limit says so: it is done, and counts.
        enforce(answered.setState(DecisionState.IN_FORCE).setIssuedTime(now).setExpiresTime(now + lasts).build(), now,
                context, out);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Decision> out) throws Exception {
        long now = clock.nanos();
        for (Iterator<Map.Entry<String, Decision>> all = waiting.iterator(); all.hasNext(); ) {
            Decision decision = all.next().getValue();
            if (decision.getIssuedTime() + limits.approvalSeconds() * 1_000_000_000L <= now) {
                all.remove();
                context.output(LOG, Decision.newBuilder(decision).setState(DecisionState.LAPSED)
                        .setNote(decision.getNote() + "; nobody answered within " + limits.approvalSeconds() + " s")
                        .setTook(0).build());
            }
        }
    }
}
