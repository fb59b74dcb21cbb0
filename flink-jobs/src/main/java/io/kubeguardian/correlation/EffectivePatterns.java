package io.kubeguardian.correlation;

import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.detection.Types;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleVerdict;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The patterns that one subtask goes by: those of the job's configuration until a first bundle comes, then the newest
 * bundle that loads. One that does not load changes nothing. Patterns are few and compile in milliseconds, so it is done
 * between two records, and not beside the stream as with rules.
 *
 * <p>State has the bundle that runs and the newest one when that was refused: a later version of this job may take it.
 */
final class EffectivePatterns {
    static final MapStateDescriptor<String, RuleBundle> STATE =
            new MapStateDescriptor<>("patterns", BasicTypeInfo.STRING_TYPE_INFO, Types.RULE_BUNDLE);

    private static final Logger LOG = LoggerFactory.getLogger(EffectivePatterns.class);
    private static final String RUNNING = "running";
    private static final String REQUESTED = "requested";
    private static final int MAX_PROBLEM = 4096;

    private final List<PatternSource> configured;
    private final DetectionClock clock;

    private PatternSet patterns;
    /** Null: what runs is what the job was started with. */
    private RuleBundle running;
    private long since;
    /** Null before the first. */
    private RuleBundle requested;
    private RuleVerdict verdict = RuleVerdict.ACCEPTED;
    private String problem = "";

    EffectivePatterns(List<PatternSource> configured, DetectionClock clock) {
        this.configured = configured;
        this.clock = clock;
    }

    /** Goes on with what ran before a restart; what was refused then is tried again. */
    void restore(BroadcastState<String, RuleBundle> state) throws Exception {
        RuleBundle last = state.get(RUNNING);
        RuleBundle newest = state.get(REQUESTED);
        run(null, PatternSet.of(configured));
        if (last != null) {
            request(last, state);
        }
        if (newest != null) {
            request(newest, state);
        }
    }

    /** A bundle was published; whether it runs now, and others did before. */
    boolean request(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        requested = bundle;
        PatternSet loaded;
        try {
            loaded = RuleBundles.isConfigured(bundle) ? PatternSet.of(configured) : PatternBundles.load(bundle);
        } catch (PatternException e) {
            verdict = RuleVerdict.REJECTED;
            problem = e.getMessage().length() <= MAX_PROBLEM ? e.getMessage()
                    : e.getMessage().substring(0, MAX_PROBLEM) + '…';
            state.put(REQUESTED, bundle);
            LOG.error("event=patterns-rejected digest={} issuedBy={}", bundle.getDigest(), bundle.getIssuedBy());
            return false;
        }
        boolean changed = !loaded.digest().equals(patterns.digest());
        run(bundle, loaded);
        verdict = RuleVerdict.ACCEPTED;
        problem = "";
        state.put(RUNNING, bundle);
        state.remove(REQUESTED);
        LOG.info("event=patterns-accepted digest={} issuedBy={}", bundle.getDigest(), bundle.getIssuedBy());
        return changed;
    }

    private void run(RuleBundle bundle, PatternSet loaded) {
        running = bundle;
        patterns = loaded;
        since = clock.nanos();
    }

    PatternSet patterns() {
        return patterns;
    }

    /** Grows with every bundle that runs: what a newer set has sent is not for an older one. */
    long version() {
        return running == null ? 0 : running.getIssuedTime();
    }

    /** Whether the patterns of the job's own configuration run. */
    boolean areConfigured() {
        return running == null || RuleBundles.isConfigured(running);
    }

    /** When what runs began to, nanoseconds since the Unix epoch. */
    long since() {
        return since;
    }

    /** The newest bundle that came, or null. */
    RuleBundle requested() {
        return requested;
    }

    /** Of {@link #requested}. */
    RuleVerdict verdict() {
        return verdict;
    }

    /** Why it was rejected; bounded. */
    String problem() {
        return problem;
    }
}
