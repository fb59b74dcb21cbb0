package io.kubeguardian.benchmarks;

import io.kubeguardian.intel.IntelSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A million indicators: the heap that they take, and by JMH the time of one lookup, against a HashSet of the same strings,
 * which knows neither networks nor subdomains, nor anything about an indicator.
 */
final class IntelScenario implements Scenario {
    @Override
    public String name() {
        return "intel";
    }

    @Override
    public String describes() {
        return "a million indicators of threat intelligence: ns a lookup, bytes an indicator, against a HashSet";
    }

    @Override
    public void measure(Run run) throws Exception {
        run.progress("heap of %,d indicators", Indicators.COUNT);
        double own = heap(() -> Indicators.inForce(Indicators.make(1)));
        double set = heap(() -> new HashSet<>(Indicators.make(1)));
        run.figure(Figure.against("bytes_per_indicator", own / Indicators.COUNT, "bytes", set / Indicators.COUNT));
        Map<String, Double> nanos = new HashMap<>();
        for (String ask : List.of("address.set", "address.absent", "address.listed", "domain.set", "domain.absent",
                "domain.listed")) {
            run.progress("JMH: %s", ask);
            nanos.put(ask, nanos(run, ask));
        }
        for (String ask : List.of("address.absent", "address.listed", "domain.absent", "domain.listed")) {
            run.figure(Figure.against(ask + ".ns", nanos.get(ask), "ns", nanos.get(ask.substring(0, ask.indexOf('.')) + ".set")));
        }
    }

    private interface Made {
        Object make() throws Exception;
    }

    private static double heap(Made made) throws Exception {
        long before = Heap.used();
        Object kept = made.make();
        long after = Heap.used();
        if (kept instanceof IntelSet set && set.indicators() < Indicators.COUNT * 0.9) {
            throw new IllegalStateException("only " + set.indicators() + " indicators");
        }
        return after - before;
    }

    private static double nanos(Run run, String ask) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder().include(IntelLookup.class.getName()).param("ask", ask)
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true);
        if (run.quick()) {
            options.warmupIterations(1).measurementIterations(2).measurementTime(TimeValue.milliseconds(500));
        }
        RunResult result = new Runner(options.build()).runSingle();
        for (IterationResult iteration : result.getBenchmarkResults().iterator().next().getIterationResults()) {
            run.sample(ask + ".ns", iteration.getPrimaryResult().getScore());
        }
        return result.getPrimaryResult().getScore();
    }
}
