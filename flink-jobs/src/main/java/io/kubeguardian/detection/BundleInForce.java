package io.kubeguardian.detection;

import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleStatus;
import io.kubeguardian.schema.RuleVerdict;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which bundle, of rules or of patterns, a subtask goes by, and what has become of the newest one that came. State has the
 * one that runs and the newest one when that is another: not compiled yet, or refused (a later version of this job may take
 * it).
 */
public final class BundleInForce {
    private static final Logger LOG = LoggerFactory.getLogger(BundleInForce.class);
    private static final String RUNNING = "running";
    private static final String REQUESTED = "requested";
    private static final int MAX_PROBLEM = 4096;

    private final String what;
    private final DetectionClock clock;

    /** Null: what runs is what the job was started with. */
    private RuleBundle running;
    /** Nanoseconds since the Unix epoch. */
    private long since;
    /** Null before the first. */
    private RuleBundle requested;
    private RuleVerdict verdict = RuleVerdict.ACCEPTED;
    /** Why the newest was rejected; bounded. */
    private String problem = "";

    /** @param what it has, for the log: rules or patterns */
    public BundleInForce(String what, DetectionClock clock) {
        this.what = what;
        this.clock = clock;
    }

    /** @param name of the state */
    public static MapStateDescriptor<String, RuleBundle> state(String name) {
        return new MapStateDescriptor<>(name, BasicTypeInfo.STRING_TYPE_INFO, Types.RULE_BUNDLE);
    }

    /** The one that ran when the state was written, or null. */
    public static RuleBundle lastRunning(BroadcastState<String, RuleBundle> state) throws Exception {
        return state.get(RUNNING);
    }

    /** The newest one when the state was written, if it did not run then, or null. */
    public static RuleBundle lastRequested(BroadcastState<String, RuleBundle> state) throws Exception {
        return state.get(REQUESTED);
    }

    /** From now on. @param bundle null: what the job was started with */
    public void run(RuleBundle bundle) {
        running = bundle;
        since = clock.nanos();
    }

    /** It is the newest, and nothing is decided about it yet. */
    void request(RuleBundle bundle) {
        requested = bundle;
    }

    /** A bundle came that is to be compiled. */
    public void await(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        requested = bundle;
        verdict = RuleVerdict.PENDING;
        problem = "";
        state.put(REQUESTED, bundle);
    }

    public void accept(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        running = bundle;
        verdict = RuleVerdict.ACCEPTED;
        problem = "";
        state.put(RUNNING, bundle);
        state.remove(REQUESTED);
        LOG.info("event={}-accepted digest={} issuedBy={}", what, bundle.getDigest(), bundle.getIssuedBy());
    }

    public void refuse(RuleBundle bundle, Exception e) {
        verdict = RuleVerdict.REJECTED;
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        problem = message.length() <= MAX_PROBLEM ? message : message.substring(0, MAX_PROBLEM) + '…';
        LOG.error("event={}-rejected digest={} issuedBy={} running={}", what, bundle.getDigest(), bundle.getIssuedBy(),
                running == null ? "" : running.getDigest());
    }

    /** The one that runs, or null. */
    public RuleBundle running() {
        return running;
    }

    /** The newest bundle that came, or null. */
    RuleBundle requested() {
        return requested;
    }

    /** Of {@link #requested}. */
    RuleVerdict verdict() {
        return verdict;
    }

    /** Writes down which it is, and what has become of the newest. */
    void describe(RuleStatus.Builder status) {
        status.setConfigured(running == null || RuleBundles.isConfigured(running)).setSince(since).setVerdict(verdict)
                .setProblem(problem);
        if (requested != null) {
            status.setRequestedDigest(requested.getDigest()).setRequestedTime(requested.getIssuedTime());
        }
    }
}
