package io.kubeguardian.benchmarks;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each part of the detection job costs: the whole job, and the job without the part, by turns over the same topic.
 * Processor time is that of all threads of this process but the broker's, the compiler's (a job that was changed is compiled
 * anew, which is no cost of a part) and the one that reads the markers.
 */
final class PipelineParts implements Scenario {
    private static final String ALL = "all";
    private static final String WITHOUT = "without.";
    private static final String INDICATORS = "indicators";
    private static final Set<String> NOT_THE_JOB = Set.of("broker", "jvm-compiler", "java");
    private static final String PATTERN = """
            title: Never
            id: benchmark-never
            description: the first rule never fires here
            author: KubeGuardian
            level: low
            correlation:
              type: temporal_ordered
              rules:
                - %s
                - %s
              group-by:
                - k8s.pod.uid
              timespan: 1m
            """.formatted("No such rule", ServiceEvents.BREACH_RULE);

    /** A job without a part. */
    private record Without(List<String> rules, Map<String, String> settings) {}

    @Override
    public String name() {
        return "pipeline-parts";
    }

    @Override
    public String describes() {
        return "what rules, baselines, patterns, models and indicators cost the detection job: without each, against all";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<String> rules = PipelineScenario.rules(run);
        Map<String, Without> parts = parts(run, rules);
        try (PipelineTopic topic = new PipelineTopic(run, run.quick() ? 200 : 600)) {
            run.progress("twice without counting it: what is compiled meanwhile would be the first one's cost");
            topic.detection(rules, Map.of());
            topic.detection(rules, Map.of());
            List<String> order = new ArrayList<>(parts.keySet());
            order.addFirst(ALL);
            order.addLast(INDICATORS);
            for (int round = 0; round < (run.quick() ? 1 : 3); round++) {
                keep(run, "read-and-decode", topic.decodeOnly());
                for (String one : order) {
                    measure(run, topic, one, parts.getOrDefault(one, new Without(rules, Map.of())));
                }
                Collections.reverse(order); // there and back, so that a machine that grows slower harms nobody alone
            }
        }
        figures(run);
    }

    /** @param part that is left out, or {@link #ALL} */
    private static void measure(Run run, PipelineTopic topic, String part, Without without) throws Exception {
        boolean indicators = part.equals(INDICATORS);
        if (indicators) {
            topic.knowledge().removeIndicators();
        }
        keep(run, part.equals(ALL) ? ALL : WITHOUT + part, topic.detection(without.rules(), without.settings()).rate());
        if (indicators) {
            topic.knowledge().publishIndicators();
        }
    }

    private static void figures(Run run) {
        double all = run.median(ALL);
        double nanos = run.median("all.cpu_ns");
        run.figure(Figure.against("all.events_per_s", all, "events/s", run.median("read-and-decode")));
        run.figure(Figure.against("all.cpu_ns", nanos, "ns/event", run.median("read-and-decode.cpu_ns")));
        for (String sample : List.copyOf(run.raw().keySet())) {
            if (sample.startsWith(WITHOUT) && !sample.endsWith(".cpu_ns")) {
                String part = sample.substring(WITHOUT.length());
                run.figure(Figure.against(sample + ".events_per_s", run.median(sample), "events/s", all));
                difference(run, "cost." + part + "_ns", run.raw().get("all.cpu_ns"), run.raw().get(sample + ".cpu_ns"));
                run.figure(Figure.against("cost." + part + "_ns", run.median("cost." + part + "_ns"), "ns/event", nanos));
            }
        }
        run.figure(Figure.against("cost.risk_ns", run.median("all.risk_ns"), "ns/event", nanos));
    }

    /** Of each round by itself. */
    private static void difference(Run run, String name, List<Double> with, List<Double> without) {
        for (int i = 0; i < with.size(); i++) {
            run.sample(name, with.get(i) - without.get(i));
        }
    }

    private static Map<String, Without> parts(Run run, List<String> rules) throws Exception {
        String never = Files.writeString(run.scratch().resolve("never.yaml"), PATTERN).toString();
        Map<String, Without> parts = new LinkedHashMap<>();
        parts.put("rules", new Without(List.of(PipelineScenario.markerRules(run)), Map.of()));
        parts.put("baselines", new Without(rules, Map.of("KUBEGUARDIAN_BASELINE_KINDS", "[]")));
        parts.put("patterns", new Without(rules, Map.of("KUBEGUARDIAN_DETECTION_PATTERNS", "[\"" + never + "\"]")));
        parts.put("models", new Without(rules, Map.of("KUBEGUARDIAN_MODELS_ENABLED", "false")));
        return parts;
    }

    private static void keep(Run run, String what, MarkerRate.Result result) {
        Map<String, Double> nanos = result.nanosPerEvent();
        double cpu = nanos.entrySet().stream().filter(part -> !NOT_THE_JOB.contains(part.getKey()))
                .mapToDouble(Map.Entry::getValue).sum();
        run.progress("%s: %,.0f events/s, %,.0f ns an event", what, result.perSecond(), cpu);
        run.sample(what, result.perSecond());
        run.sample(what + ".cpu_ns", cpu);
        if (what.equals(ALL)) { // there is no job without risk: its threads' time
            run.sample("all.risk_ns", nanos.getOrDefault("risk", 0.0) + nanos.getOrDefault("decision-gate", 0.0));
        }
    }
}
