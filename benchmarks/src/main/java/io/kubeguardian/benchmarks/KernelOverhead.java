package io.kubeguardian.benchmarks;

import io.kubeguardian.collector.sensor.Sensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the sensors add to a system call: nothing attached; an empty program where ours is (what no sensor at that place
 * can do without); attached but this process not monitored; monitored. Beside them open+close of one file again and again
 * as the collector is shipped, which does not send each of these opens; and without pauses, where the collector reads on
 * the other cores meanwhile and cannot keep up. Each round measures all of them anew, and alternates which comes first,
 * so that a drift of the machine's speed falls on all.
 *
 * <p>Loops run in slices with pauses, in which the rings are emptied: an event that is lost costs less than one that is
 * sent, so figures are worth something only when {@code lost} is 0.
 */
final class KernelOverhead implements Scenario {
    /** @param name as {@code loops} knows it @param pause after each slice, milliseconds */
    private record Loop(String figure, String name, int slices, int turns, int pause) {}

    private static final Loop OPEN_CLOSE = new Loop("openclose", "openclose", 40, 1_000, 25);
    private static final Loop FLOOD = new Loop("openclose", "openclose", 1, 400_000, 0);
    private static final List<Loop> LOOPS = List.of(new Loop("getppid", "getppid", 40, 20_000, 2), OPEN_CLOSE,
            new Loop("forkexec", "forkexec", 15, 50, 25), new Loop("dns.packet", "datagram:53", 40, 500, 25),
            new Loop("udp.packet", "datagram:54", 40, 500, 2));
    private static final int ROUNDS = 9;

    @Override
    public String name() {
        return "kernel-overhead";
    }

    @Override
    public String describes() {
        return "cost of getppid, open+close, fork+exec, a datagram: nothing attached, empty program, unmonitored, monitored";
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
                    without(run, container);
                    attached(run, cgroups, container);
                } else {
                    attached(run, cgroups, container);
                    without(run, container);
                }
            }
        }
        for (Loop loop : LOOPS) {
            for (String state : List.of("empty", "unmonitored", "monitored")) {
                figure(run, loop.figure, state);
            }
        }
        figure(run, "openclose", "repeated");
        figure(run, "openclose", "flood");
        run.figure(Figure.of("lost", run.median("lost"), "events a round"));
    }

    private static void figure(Run run, String loop, String state) {
        run.figure(Figure.against(loop + '.' + state, run.median(loop + '.' + state), "ns", run.median(loop + ".bare")));
    }

    private static void without(Run run, Path container) throws Exception {
        loops(run, "bare", container);
        try (EmptyProgram empty = new EmptyProgram(run)) {
            loops(run, "empty", container);
        }
    }

    private static void attached(Run run, Cgroups cgroups, Path container) throws Exception {
        Map<String, String> everyOpen = Map.of("KUBEGUARDIAN_COLLECTOR_OPEN_REPEAT_MILLIS", "0");
        try (CollectorProcess collector = collector(run, cgroups, everyOpen)) {
            loops(run, "unmonitored", cgroups.unmonitored());
            loops(run, "monitored", container);
            run.sample("lost", collector.metric("kubeguardian_collector_lost_events_total"));
            loop(run, FLOOD, "flood", container);
        }
        try (CollectorProcess collector = collector(run, cgroups, Map.of())) {
            loop(run, OPEN_CLOSE, "repeated", container);
        }
    }

    private static CollectorProcess collector(Run run, Cgroups cgroups, Map<String, String> settings) throws Exception {
        return CollectorProcess.start(run, cgroups.monitored(), settings, "--capture",
                run.scratch().resolve("capture.avro").toString(), "--no-kafka");
    }

    private static void loops(Run run, String state, Path cgroup) throws Exception {
        for (Loop loop : LOOPS) {
            loop(run, loop, state, cgroup);
        }
    }

    private static void loop(Run run, Loop loop, String state, Path cgroup) throws Exception {
        int slices = run.quick() ? Math.ceilDiv(loop.slices, 8) : loop.slices;
        run.sample(loop.figure + '.' + state,
                Double.parseDouble(Programs.run(run, "loops", cgroup, loop.name, slices, loop.turns, loop.pause)));
    }
}
