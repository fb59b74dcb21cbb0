package io.kubeguardian.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * {@link RuleEvaluation} by JMH: how many events a second one core takes through the process tree and the rules, against the
 * same without any rule; and what the rules cost an event.
 */
final class RulesScenario implements Scenario {
    @Override
    public String name() {
        return "rules";
    }

    @Override
    public String describes() {
        return "events/s a core takes through the rules: Falco's stable file, all three of them, KubeGuardian's own";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<String> sets = new ArrayList<>(List.of("none", "own"));
        if (FalcoRules.folder(run.home()) == null) {
            run.progress("Falco's rules are not here (%s): KubeGuardian's own alone", FalcoRules.HOW);
        } else {
            sets.addAll(List.of("stable", "all"));
        }
        Map<String, Double> nanos = new TreeMap<>();
        for (String set : sets) {
            run.progress("JMH: %s", set);
            nanos.put(set, nanosPerEvent(run, set));
        }
        double bare = nanos.remove("none");
        for (Map.Entry<String, Double> set : nanos.entrySet()) {
            long enabled = RuleEvaluation.rules(set.getKey()).rules().stream().filter(rule -> rule.enabled()).count();
            double cost = set.getValue() - bare;
            run.figure(Figure.against(set.getKey() + ".events_per_s", 1e9 / set.getValue(), "events/s", 1e9 / bare));
            run.figure(Figure.of(set.getKey() + ".ns_per_event", cost, "ns"));
            run.figure(Figure.of(set.getKey() + ".ns_per_event_and_rule", cost / enabled, "ns"));
            run.figure(Figure.of(set.getKey() + ".rules", enabled, "rules"));
        }
    }

    /** The mean of JMH's iterations, each of which is kept. */
    private static double nanosPerEvent(Run run, String set) throws Exception {
        return nanosPerEvent(run, set, set, false);
    }

    /** @param sample what the measurements are called */
    static double nanosPerEvent(Run run, String sample, String set, boolean baseline) throws Exception {
        ChainedOptionsBuilder options = new OptionsBuilder().include(RuleEvaluation.class.getName()).param("rules", set)
                .param("baseline", Boolean.toString(baseline))
                .verbosity(VerboseMode.SILENT).shouldFailOnError(true);
        if (run.quick()) {
            options.warmupIterations(1).measurementIterations(2).measurementTime(TimeValue.seconds(1));
        }
        RunResult result = new Runner(options.build()).runSingle();
        for (IterationResult iteration : result.getBenchmarkResults().iterator().next().getIterationResults()) {
            run.sample(sample + ".ns", iteration.getPrimaryResult().getScore());
        }
        return result.getPrimaryResult().getScore();
    }
}
