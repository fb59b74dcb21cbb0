package io.kubeguardian.benchmarks;

/**
 * What it costs the detect operator, by JMH, to work out what the baselines are told: the same events through the process
 * tree without any rule, with every kind of baseline and with none.
 */
final class BaselineScenario implements Scenario {
    @Override
    public String name() {
        return "baseline";
    }

    @Override
    public String describes() {
        return "nanoseconds an event costs the detect operator for the baselines, all kinds on";
    }

    @Override
    public void measure(Run run) throws Exception {
        run.progress("JMH: baselines off");
        double off = RulesScenario.nanosPerEvent(run, "off", "none", false);
        run.progress("JMH: baselines on");
        double on = RulesScenario.nanosPerEvent(run, "on", "none", true);
        run.figure(Figure.against("events_per_s", 1e9 / on, "events/s", 1e9 / off));
        run.figure(Figure.of("ns_per_event", on - off, "ns"));
    }
}
