package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.sensor.Sensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the sensors add to a system call: nothing attached, attached but this process not monitored, monitored; and
 * open+close of one file again and again as the collector is shipped, which does not send each of these opens. Each round measures all of them anew, and alternates which comes first, so that a drift of the machine's speed falls on all.
 */
final class KernelOverhead implements Scenario {
    private static final Map<String, Integer> LOOPS = Map.of("getppid", 3_000_000, "openclose", 400_000, "forkexec", 1_500);
    private static final List<String> ORDER = List.of("getppid", "openclose", "forkexec");
    private static final int ROUNDS = 9;

    @Override
    public String name() {
        return "kernel-overhead";
    }

    @Override
    public String describes() {
        return "cost of getppid, open+close, fork+exec: nothing attached, unmonitored, monitored";
    }

    @Override
    public void measure(Run run) throws Exception {
        String problem = Sensor.probe();
        if (!problem.isEmpty()) {
            throw new UnavailableException("kernel sensors cannot run here: " + problem);
        }
        int rounds = run.quick() ? 2 : ROUNDS;
        try (Cgroups cgroups = new Cgroups()) {
            Path container = cgroups.container();
            for (int round = 0; round < rounds; round++) {
                run.progress("round %d of %d", round + 1, rounds);
                if (round % 2 == 0) {
                    loops(run, "bare", container);
                    attached(run, cgroups, container);
                } else {
                    attached(run, cgroups, container);
                    loops(run, "bare", container);
                }
            }
        }
        for (String loop : ORDER) {
            double bare = run.median(loop + ".bare");
            run.figure(Figure.against(loop + ".unmonitored", run.median(loop + ".unmonitored"), "ns", bare));
            run.figure(Figure.against(loop + ".monitored", run.median(loop + ".monitored"), "ns", bare));
        }
        run.figure(Figure.against("openclose.repeated", run.median("openclose.repeated"), "ns", run.median("openclose.bare")));
    }

    private static void attached(Run run, Cgroups cgroups, Path container) throws Exception {
        try (CollectorProcess collector = collector(run, cgroups, Map.of("KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", "0"))) {
            loops(run, "unmonitored", cgroups.unmonitored());
            loops(run, "monitored", container);
            run.sample("lost", collector.metric("kubeguardian_collector_lost_events_total"));
        }
        try (CollectorProcess collector = collector(run, cgroups, Map.of())) {
            loop(run, "openclose", "repeated", container);
        }
    }

    private static CollectorProcess collector(Run run, Cgroups cgroups, Map<String, String> settings) throws Exception {
        return CollectorProcess.start(run, cgroups.monitored(), settings, "--capture",
                run.scratch().resolve("capture.avro").toString(), "--no-kafka");
    }

    private static void loops(Run run, String state, Path cgroup) throws Exception {
        for (String loop : ORDER) {
            loop(run, loop, state, cgroup);
        }
    }

    private static void loop(Run run, String loop, String state, Path cgroup) throws Exception {
        int count = LOOPS.get(loop) / (run.quick() ? 10 : 1);
        run.sample(loop + '.' + state, Double.parseDouble(Programs.run(run, "loops", cgroup, loop, count)));
    }
}
