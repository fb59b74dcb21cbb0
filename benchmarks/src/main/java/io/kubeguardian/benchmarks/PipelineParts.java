package io.kubeguardian.benchmarks;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each part of the detection job costs: the whole job, and the job without the part, by turns over the same topic.
 * Processor time is that of all threads of this process but the broker's.
 */
final class PipelineParts implements Scenario {
    private static final String INDICATORS = "indicators";
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
            run.progress("once without counting it: what is compiled meanwhile would be the first one's cost");
            topic.detection(rules, Map.of());
            for (int round = 0; round < (run.quick() ? 1 : 3); round++) {
                keep(run, "read-and-decode", topic.decodeOnly());
                keep(run, "all", topic.detection(rules, Map.of()).rate());
                for (Map.Entry<String, Without> part : parts.entrySet()) {
                    keep(run, "without." + part.getKey(),
                            topic.detection(part.getValue().rules(), part.getValue().settings()).rate());
                }
                topic.knowledge().removeIndicators();
                keep(run, "without." + INDICATORS, topic.detection(rules, Map.of()).rate());
                topic.knowledge().publishIndicators();
            }
        }
        double all = run.median("all");
        run.figure(Figure.against("all.events_per_s", all, "events/s", run.median("read-and-decode")));
        run.figure(Figure.of("all.cpu_ns", run.median("all.cpu_ns"), "ns/event"));
        run.figure(Figure.of("read-and-decode.cpu_ns", run.median("read-and-decode.cpu_ns"), "ns/event"));
        for (String sample : List.copyOf(run.raw().keySet())) {
            if (sample.startsWith("without.") && !sample.endsWith(".cpu_ns")) {
                String part = sample.substring("without.".length());
                run.figure(Figure.against(sample + ".events_per_s", run.median(sample), "events/s", all));
                run.figure(Figure.of("cost." + part + "_ns", run.median("all.cpu_ns") - run.median(sample + ".cpu_ns"),
                        "ns/event"));
            }
        }
        run.figure(Figure.of("cost.risk_ns", run.median("all.risk_ns"), "ns/event"));
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
        double cpu = nanos.entrySet().stream().filter(part -> !part.getKey().equals("broker"))
                .mapToDouble(Map.Entry::getValue).sum();
        run.progress("%s: %,.0f events/s, %,.0f ns an event", what, result.perSecond(), cpu);
        run.sample(what, result.perSecond());
        run.sample(what + ".cpu_ns", cpu);
        if (what.equals("all")) { // there is no job without risk: its threads' time
            run.sample("all.risk_ns", nanos.getOrDefault("risk", 0.0) + nanos.getOrDefault("decision-gate", 0.0));
        }
    }
}
