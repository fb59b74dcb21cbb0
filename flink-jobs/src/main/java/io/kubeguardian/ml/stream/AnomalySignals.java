package io.kubeguardian.ml.stream;

import io.kubeguardian.config.ModelSettings;
import io.kubeguardian.detection.DetectionClock;
import io.kubeguardian.ml.Score;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.PodRef;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.WorkloadRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Signals of windows that are too unusual. */
final class AnomalySignals {
    private static final double WARNING_FROM = 0.8;
    private static final int IN_WORDS = 3;

    private final ModelSettings settings;
    private final DetectionClock clock;

    AnomalySignals(ModelSettings settings, DetectionClock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** About the window's busiest pod; its time is the window's last. */
    Signal of(List<WindowPart> window, BehaviourModel model, Score score, ScoreHistory history, double threshold) {
        WindowPart busiest = window.get(0);
        boolean complete = true;
        for (WindowPart part : window) {
            busiest = part.events > busiest.events ? part : busiest;
            complete &= part.complete;
        }
        long end = busiest.start + settings.windowSeconds() * 1000L;
        String rule = "anomaly." + model.getName();
        return Signal.newBuilder()
                .setId(Ids.of(rule, busiest.key(), Long.toString(busiest.start), model.getDigest()))
                .setKind(SignalKind.ANOMALY)
                .setRule(rule)
                .setPriority(score.score() >= WARNING_FROM ? Priority.WARNING : Priority.NOTICE)
                .setTags(new ArrayList<>())
                .setTechniques(new ArrayList<>())
                .setEventTime(end * 1_000_000 - 1)
                .setDetectedTime(clock.nanos())
                .setWorkload(new WorkloadRef(busiest.cluster, busiest.namespace, busiest.kind, busiest.workload))
                .setPod(new PodRef(busiest.podUid, busiest.namespace, busiest.podName, busiest.node, busiest.resolved))
                .setAncestors(new ArrayList<>())
                .setOutput(words(busiest, end, model, score, history, threshold))
                .setOutputFields(fields(busiest, model, score, history, threshold))
                .setCompleteness(new Completeness(complete, busiest.lostEvents, busiest.missingBatches))
                .setUnmapped(new HashMap<>())
                .setScore(score.score())
                .setContributions(new ArrayList<>(score.contributions()))
                .build();
    }

    private static String words(
            WindowPart part, long end, BehaviourModel model, Score score, ScoreHistory history, double threshold) {
        String why = score.contributions().stream().limit(IN_WORDS).map(Contribution::getReason)
                .collect(Collectors.joining("; "));
        return part.workload + " behaved unusually from " + Instant.ofEpochMilli(part.start) + " to "
                + Instant.ofEpochMilli(end) + ": " + why + " (score " + number(score.score()) + " over "
                + number(threshold) + ", model " + model.getName() + " version " + model.getVersion() + ", ready after "
                + history.windows + " windows)";
    }

    private static Map<String, String> fields(
            WindowPart part, BehaviourModel model, Score score, ScoreHistory history, double threshold) {
        Map<String, String> fields = new HashMap<>();
        fields.put("kubeguardian.model.name", model.getName());
        fields.put("kubeguardian.model.version", Long.toString(model.getVersion()));
        fields.put("kubeguardian.model.digest", model.getDigest());
        fields.put("kubeguardian.model.workload", model.getWorkload());
        fields.put("kubeguardian.model.level", number(score.level()));
        fields.put("kubeguardian.model.threshold", number(threshold));
        fields.put("kubeguardian.model.state", "ready");
        fields.put("kubeguardian.model.windows", Long.toString(history.windows));
        fields.put("kubeguardian.window.start", Instant.ofEpochMilli(part.start).toString());
        return fields;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
