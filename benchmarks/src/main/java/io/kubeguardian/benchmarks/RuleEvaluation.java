package io.kubeguardian.benchmarks;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.detection.Hit;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.MalformedRecordException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One event through the process tree and the rules, from a decoded batch, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 8, time = 1)
@Fork(1)
public class RuleEvaluation implements RuleTrial.Listener {
    private static final int BATCHES = 500;
    private static final int PROCESS_LIMIT = 4_096;

    /** none, own, or the names of Falco's files: stable, all. */
    @Param("none")
    public String rules;

    /** Whether it is also worked out what baselines are told. */
    @Param("false")
    public boolean baseline;

    private List<EventBatch> batches;
    private RuleTrial trial;
    private long failed;

    static RuleSet rules(String name) {
        return switch (name) {
            case "none" -> RuleSet.load(List.of(), LoadMode.STRICT);
            case "own" -> RuleSet.loadBuiltIn();
            default -> {
                Path falco = FalcoRules.folder(Path.of(System.getProperty("kubeguardian.home")));
                yield RuleSet.loadPaths(name.equals("stable") ? List.of(FalcoRules.stable(falco)) : FalcoRules.all(falco));
            }
        };
    }

    @Setup(Level.Trial)
    public void makeEvents() {
        ServiceEvents events = new ServiceEvents(1, System.currentTimeMillis() * 1_000_000);
        batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(events.next(0, ""));
        }
        trial = new RuleTrial(rules(rules), PROCESS_LIMIT, this,
                baseline ? BaselineSettings.defaults() : BaselineSettings.off());
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES * ServiceEvents.BATCH)
    public void events() throws MalformedRecordException {
        for (EventBatch batch : batches) {
            trial.batch(batch);
        }
    }

    @TearDown(Level.Trial)
    public void check() {
        if (failed > 0) {
            throw new IllegalStateException(failed + " events on which a rule failed");
        }
    }

    @Override
    public void hit(Hit hit, long time) {
        // What a hit costs is the job's affair.
    }

    @Override
    public void failed(EventView event, RuntimeException problem) {
        failed++;
    }
}
