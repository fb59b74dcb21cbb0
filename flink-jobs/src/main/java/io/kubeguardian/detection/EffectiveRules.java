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

/**
 * What one subtask judges events by: the files of the job's configuration until a first bundle comes, then the newest
 * bundle that loads. A bundle is compiled beside the stream; until it is ready the old rules judge, and one that does not
 * load changes nothing. Between two batches the detector is another one, and nothing else is touched.
 */
final class EffectiveRules implements Detector {
    static final MapStateDescriptor<String, RuleBundle> STATE = BundleInForce.state("rules");

    private static final long PATIENCE_MILLIS = 5_000;

    private record Compilation(RuleBundle bundle, FutureTask<Detector> result, Thread thread) {}

    private final DetectorFactory configured;
    private final BundleInForce current;
    private final DetectMetrics metrics;

    private Detector detector;
    private Compilation compilation;

    EffectiveRules(DetectorFactory configured, DetectionClock clock, DetectMetrics metrics) {
        this.configured = configured;
        this.current = new BundleInForce("rules", clock);
        this.metrics = metrics;
    }

    /**
     * Goes on with what ran before a restart. Returns when it is compiled: no event is judged by anything else.
     *
     * @throws Exception when there is no bundle, and the configured rules cannot be loaded
     */
    void restore(BroadcastState<String, RuleBundle> state) throws Exception {
        RuleBundle last = BundleInForce.lastRunning(state);
        RuleBundle newest = BundleInForce.lastRequested(state);
        if (newest != null) {
            current.request(newest);
            settle(newest, compiledHere(newest), state);
        }
        if (detector == null && last != null) {
            try {
                run(last, get(compiledHere(last)));
            } catch (Exception e) {
                // Of another version's language. Better the configured rules than none, and told at once.
                refuse(last, e);
            }
            if (newest == null) {
                current.request(last);
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
        RuleBundle running = current.running();
        if (bundle.getDigest().equals(running == null ? "" : running.getDigest())) {
            current.request(bundle);
            accept(bundle, state);
            return;
        }
        current.await(bundle, state);
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
        if (current.verdict() != RuleVerdict.PENDING) {
            return false; // what was compiled is not wanted any more
        }
        if (done.bundle != current.requested()) {
            begin(current.requested()); // one at a time: a newer one came meanwhile
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
        current.run(bundle);
    }

    private void accept(RuleBundle bundle, BroadcastState<String, RuleBundle> state) throws Exception {
        current.accept(bundle, state);
        metrics.bundlesAccepted.inc();
    }

    private void refuse(RuleBundle bundle, Exception e) {
        current.refuse(bundle, e);
        metrics.bundlesRejected.inc();
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

    /** Which one these are of, and what has become of the newest. */
    BundleInForce bundle() {
        return current;
    }

    /** Waits for a compilation that still goes on: it must not outlive its class loader. */
    void close() throws InterruptedException {
        if (compilation != null) {
            compilation.thread.join(PATIENCE_MILLIS);
        }
    }
}
