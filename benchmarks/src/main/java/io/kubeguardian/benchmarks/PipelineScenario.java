package io.kubeguardian.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The whole detection job behind a real broker, all in this process: how many events a second it takes from a topic that is
 * full, against a job that only reads and decodes the same topic in the same run, and what each part costs; and how long it
 * takes from an event to its alert and to the decision to contain, at a rate it can easily keep.
 */
final class PipelineScenario implements Scenario {
    @Override
    public String name() {
        return "pipeline";
    }

    @Override
    public String describes() {
        return "events/s of the whole detection job, against only reading and decoding them";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<String> rules = rules(run);
        try (PipelineTopic topic = new PipelineTopic(run, run.quick() ? 300 : 1000)) {
            for (int round = 0; round < (run.quick() ? 1 : 3); round++) { // by turns, so that both see the same machine
                run.progress("reading and decoding alone");
                keep(run, "read-and-decode", topic.decodeOnly());
                run.progress("the detection job");
                PipelineTopic.Detection detection = topic.detection(rules, Map.of());
                keep(run, "detection", detection.rate());
                run.sample("windows_scored", detection.windows());
                run.sample("indicators_matched", detection.matches());
            }
        }
        new PipelineLatency(run, rules).measure();
        run.figure(Figure.against("events_per_s", run.median("detection"), "events/s", run.median("read-and-decode")));
        run.figure(Figure.of("windows_scored", run.median("windows_scored"), "windows"));
        run.figure(Figure.of("indicators_matched", run.median("indicators_matched"), "signals"));
        for (String sample : List.copyOf(run.raw().keySet())) {
            if (sample.startsWith("detection.ns.")) {
                run.figure(Figure.of(sample.replace("detection.ns.", "cpu.") + "_ns", run.median(sample), "ns/event"));
            }
        }
    }

    static void keep(Run run, String what, MarkerRate.Result result) {
        run.progress("%s: %,.0f events/s", what, result.perSecond());
        run.sample(what, result.perSecond());
        result.nanosPerEvent().forEach((part, nanos) -> run.sample(what + ".ns." + part, nanos));
    }

    /** KubeGuardian's own, Falco's where they are, and the markers'. */
    static List<String> rules(Run run) throws Exception {
        List<String> files = new ArrayList<>();
        Path falco = FalcoRules.folder(run.home());
        if (falco == null) {
            run.progress("Falco's rules are not here (%s): KubeGuardian's own alone", FalcoRules.HOW);
        } else {
            FalcoRules.all(falco).forEach(file -> files.add(file.toString()));
        }
        Path own = run.home().resolve("flink-jobs/src/main/resources/kubeguardian/rules");
        Files.readAllLines(own.resolve("index")).forEach(file -> files.add(own.resolve(file).toString()));
        files.add(markerRules(run));
        return files;
    }

    /** The markers' alone. */
    static String markerRules(Run run) throws Exception {
        return Files.writeString(run.scratch().resolve("marker.yaml"), ServiceEvents.RULES).toString();
    }
}
