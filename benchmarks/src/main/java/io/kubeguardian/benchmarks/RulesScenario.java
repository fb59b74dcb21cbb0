package io.kubeguardian.benchmarks;

import io.kubeguardian.detection.Hit;
import io.kubeguardian.detection.RuleTrial;
import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.schema.EventBatch;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many events a second one core takes through the process tree and the rules, from decoded batches, in processor time;
 * against the same without any rule. The sets take turns within each round.
 */
final class RulesScenario implements Scenario {
    private static final int BATCHES = 500;
    private static final int PROCESS_LIMIT = 4_096;
    private static final long ROUND_NANOS = 1_000_000_000L;

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
        Map<String, RuleSet> sets = new LinkedHashMap<>();
        sets.put("own", RuleSet.loadBuiltIn());
        Path falco = FalcoRules.folder(run.home());
        if (falco == null) {
            run.progress("Falco's rules are not here (%s): KubeGuardian's own alone", FalcoRules.HOW);
        } else {
            sets.put("stable", RuleSet.loadPaths(List.of(FalcoRules.stable(falco))));
            sets.put("all", RuleSet.loadPaths(FalcoRules.all(falco)));
        }
        RuleSet none = RuleSet.load(List.of(), LoadMode.STRICT);
        ServiceEvents events = new ServiceEvents(1, System.currentTimeMillis() * 1_000_000);
        List<EventBatch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(events.next(0, ""));
        }
        int rounds = run.quick() ? 2 : 8;
        for (int round = 0; round <= rounds; round++) {
            run.progress(round == 0 ? "warm-up" : "round %d of %d", round, rounds);
            double bare = nanosPerEvent(none, batches);
            for (Map.Entry<String, RuleSet> set : sets.entrySet()) {
                double nanos = nanosPerEvent(set.getValue(), batches);
                if (round > 0) {
                    run.sample("none", bare);
                    run.sample(set.getKey(), nanos);
                }
            }
        }
        double bare = run.median("none");
        for (Map.Entry<String, RuleSet> set : sets.entrySet()) {
            double nanos = run.median(set.getKey());
            run.figure(Figure.against(set.getKey() + ".events_per_s", 1e9 / nanos, "events/s", 1e9 / bare));
            run.figure(Figure.of(set.getKey() + ".rules", set.getValue().rules().stream().filter(r -> r.enabled()).count(), ""));
            run.figure(Figure.of(set.getKey() + ".ns_per_event", nanos - bare, "ns"));
        }
    }

    /** Of one round, in processor time of this thread. */
    private static double nanosPerEvent(RuleSet rules, List<EventBatch> batches) throws Exception {
        Hits hits = new Hits();
        RuleTrial trial = new RuleTrial(rules, PROCESS_LIMIT, hits);
        long events = 0;
        long start = cpuTime();
        long now = start;
        while (now - start < ROUND_NANOS) {
            for (EventBatch batch : batches) {
                trial.batch(batch);
            }
            events += (long) batches.size() * ServiceEvents.BATCH;
            now = cpuTime();
        }
        if (hits.failed > 0) {
            throw new IllegalStateException(hits.failed + " events on which a rule failed");
        }
        return (double) (now - start) / events;
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static final class Hits implements RuleTrial.Listener {
        private long failed;

        @Override
        public void hit(Hit hit, long time) {
            // Counted by nobody: what a hit costs is the job's affair.
        }

        @Override
        public void failed(EventView event, RuntimeException problem) {
            failed++;
        }
    }
}
