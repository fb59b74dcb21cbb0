package io.kubeguardian.correlation;

import io.kubeguardian.detection.BundleInForce;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.schema.RuleBundle;
import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;

/**
 * The patterns that one subtask goes by: those of the job's configuration until a first bundle comes, then the newest
 * bundle that loads. One that does not load changes nothing. Patterns are few and compile in milliseconds, so it is done
 * between two records, and not beside the stream as with rules.
 */
final class EffectivePatterns {
    static final MapStateDescriptor<String, RuleBundle> STATE = BundleInForce.state("patterns");

    private final List<PatternSource> configured;
    private final BundleInForce bundle;
    private PatternSet patterns;

    EffectivePatterns(List<PatternSource> configured, DetectionClock clock) {
        this.configured = configured;
        this.bundle = new BundleInForce("patterns", clock);
    }

    /** Goes on with what ran before a restart; what was refused then is tried again. */
    void restore(BroadcastState<String, RuleBundle> state) throws Exception {
        RuleBundle last = BundleInForce.lastRunning(state);
        RuleBundle newest = BundleInForce.lastRequested(state);
        run(null, PatternSet.of(configured));
        if (last != null) {
            request(last, state);
        }
        if (newest != null) {
            request(newest, state);
        }
    }

    /** A bundle was published; whether it runs now, and others did before. */
    boolean request(RuleBundle published, BroadcastState<String, RuleBundle> state) throws Exception {
        bundle.await(published, state);
        PatternSet loaded;
        try {
            loaded = RuleBundles.isConfigured(published) ? PatternSet.of(configured) : PatternBundles.load(published);
        } catch (PatternException e) {
            bundle.refuse(published, e);
            return false;
        }
        boolean changed = !loaded.digest().equals(patterns.digest());
        run(published, loaded);
        bundle.accept(published, state);
        return changed;
    }

    private void run(RuleBundle newest, PatternSet loaded) {
        patterns = loaded;
        bundle.run(newest);
    }

    PatternSet patterns() {
        return patterns;
    }

    /** Grows with every bundle that runs: what a newer set has sent is not for an older one. */
    long version() {
        return bundle.running() == null ? 0 : bundle.running().getIssuedTime();
    }

    /** Which one these are of. */
    BundleInForce bundle() {
        return bundle;
    }
}
