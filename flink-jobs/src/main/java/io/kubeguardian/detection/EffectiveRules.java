package io.kubeguardian.detection;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.rules.RuleMeter;
import io.kubeguardian.schema.RuleBundle;
import io.kubeguardian.schema.RuleVerdict;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one subtask judges events by: the files of the job's configuration until a first bundle comes, then the newest
 * bundle that loads. A bundle is compiled beside the stream; until it is ready the old rules judge, and one that does not
 * load changes nothing. Between two batches the detector is another one, and nothing else is touched.
 *
 * <p>State has the bundle that runs and the newest one when that is another: not compiled yet, or refused (a later
 * version of this job may take it).
 */
final class EffectiveRules implements Detector {
    static final MapStateDescriptor<String, RuleBundle> STATE =
            new MapStateDescriptor<>("rules", BasicTypeInfo.STRING_TYPE_INFO, Types.RULE_BUNDLE);

    private static final Logger LOG = LoggerFactory.getLogger(EffectiveRules.class);
    private static final String RUNNING = "running";
    private static final String REQUESTED = "requested";
    private static final int MAX_PROBLEM = 4096;
    private static final long PATIENCE_MILLIS = 5_000;

    private record Compilation(RuleBundle bundle, FutureTask<Detector> result, Thread thread) {}

    private final DetectorFactory configured;
    private final DetectionClock clock;
    private final DetectMetrics metrics;

    private Detector detector;
    /** Null: what runs is what the job was started with. */
    private RuleBundle running;
    private long since;
    /** Null before the first. */
    private RuleBundle requested;
    private RuleVerdict verdict = RuleVerdict.ACCEPTED;
    private String problem = "";
    private Compilation compilation;

    EffectiveRules(DetectorFactory configured, DetectionClock clock, DetectMetrics metrics) {
        this.configured = configured;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Goes on with what ran before a restart. Returns when it is compiled: no event is judged by anything else.
     *
     * @throws Exception when there is no bundle, and the configured rules cannot be loaded
     */
    void restore(BroadcastState<String, RuleBundle> state) throws Exception {
        RuleBundle last = state.get(RUNNING);
        RuleBundle newest = state.get(REQUESTED);
        if (newest != null) {
            requested = newest;
            settle(newest, compiledHere(newest), state);
        }
        if (detector == null && last != null) {
            try {
                run(last, get(compiledHere(last)));
            } catch (Exception e) {
                // Of another version's language. Better the configured rules than none, and told at once.
                refuse(last, e);
            }
            if (requested == null) {
                requested = last;
            }
        }
        if (detector == null) {
            run(null, configured.create());
        }
    }

    @Override
    public void evaluate(EventView event, HitSink hits) {
        detector.evaluate(event, hits);
    }

    @Override
    public RuleMeter meter() {
        return detector.meter();
    }

    /** A bundle was published. */
    void request(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        requested = bundle;
        if (bundle.getDigest().equals(digest(running))) {
            accept(bundle, state);
            return;
        }
        verdict = RuleVerdict.PENDING;
        problem = "";
        state.put(REQUESTED, bundle);
        if (compilation == null) {
            begin(bundle);
        }
    }

    /** Takes what has been compiled in the meantime into use; whether something was decided. */
    boolean settle(BroadcastState<String, RuleBundle> state) throws Exception {
        if (compilation == null || !compilation.result.isDone()) {
            return false;
        }
        Compilation done = compilation;
        compilation = null;
        if (verdict != RuleVerdict.PENDING) {
            return false; // what was compiled is not wanted any more
        }
        if (done.bundle != requested) {
            begin(requested); // one at a time: a newer one came meanwhile
            return false;
        }
        settle(done.bundle, done.result, state);
        return true;
    }

    private void settle(RuleBundle bundle, FutureTask<Detector> done, BroadcastState<String, RuleBundle> state)
            throws Exception {
        Detector compiled;
        try {
            compiled = get(done);
        } catch (Exception e) {
            refuse(bundle, e);
            return;
        }
        run(bundle, compiled);
        accept(bundle, state);
    }

    private void run(RuleBundle bundle, Detector compiled) {
        detector = compiled;
        running = bundle;
        since = clock.nanos();
    }

    private void accept(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        running = bundle;
        verdict = RuleVerdict.ACCEPTED;
        problem = "";
        state.put(RUNNING, bundle);
        state.remove(REQUESTED);
        metrics.bundlesAccepted.inc();
        LOG.info("event=rules-accepted digest={} issuedBy={}", bundle.getDigest(), bundle.getIssuedBy());
    }

    private void refuse(RuleBundle bundle, Exception e) {
        verdict = RuleVerdict.REJECTED;
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        problem = message.length() <= MAX_PROBLEM ? message : message.substring(0, MAX_PROBLEM) + '…';
        metrics.bundlesRejected.inc();
        LOG.error("event=rules-rejected digest={} issuedBy={} running={}", bundle.getDigest(), bundle.getIssuedBy(),
                digest(running));
    }

    private void begin(RuleBundle bundle) {
        FutureTask<Detector> task = new FutureTask<>(() -> compile(bundle));
        Thread thread = new Thread(task, "rule-compiler");
        thread.setDaemon(true);
        compilation = new Compilation(bundle, task, thread);
        thread.start();
    }

    private FutureTask<Detector> compiledHere(RuleBundle bundle) {
        FutureTask<Detector> task = new FutureTask<>(() -> compile(bundle));
        task.run();
        return task;
    }

    private Detector compile(RuleBundle bundle) throws Exception {
        return RuleBundles.isConfigured(bundle) ? configured.create() : new RuleDetector(RuleBundles.load(bundle));
    }

    private static Detector get(FutureTask<Detector> done) throws Exception {
        try {
            return done.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e; // an error such as a stack overflow: of this bundle, not of the stream
        }
    }

    private static String digest(RuleBundle bundle) {
        return bundle == null ? "" : bundle.getDigest();
    }

    /** Whether the files of the job's own configuration judge. */
    boolean areConfigured() {
        return digest(running).isEmpty();
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

    /** Waits for a compilation that still goes on: it must not outlive its class loader. */
    void close() throws InterruptedException {
        if (compilation != null) {
            compilation.thread.join(PATIENCE_MILLIS);
        }
    }
}
