package io.kubeguardian.cli.report;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.schema.AdmissionAudit;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What happened in a time; as JSON these are its keys. Risk is as it is now. */
record Summary(
        String from, String to, List<Line> incidents, long signals, Map<String, Long> byPriority, List<Count> topRules,
        List<Count> gaps, List<Refused> refused, List<Workload> workloads) {
    private static final int TOP = 20;

    record Line(
            String id, String title, String priority, String state, int revision, String workload, String first,
            String last, long signals) {}

    record Count(String rule, long count) {}

    /**
     * @param workload what was refused: a workload, or for other objects kind, namespace and name
     * @param reason of the last time: it says how high the risk was then, so no two are the same
     */
    record Refused(String workload, String reason, long count) {}

    record Workload(String workload, double score, String level, String heaviest) {}

    static Summary of(Instant from, Instant to, ReportTopics topics) {
        Map<String, Incident> last = new LinkedHashMap<>();
        topics.incidents(from, incident ->
                last.merge(incident.getId(), incident, (a, b) -> a.getRevision() >= b.getRevision() ? a : b));
        List<Line> incidents = last.values().stream()
                .filter(one -> !time(one.getLastEventTime()).isBefore(from) && time(one.getFirstEventTime()).isBefore(to))
                .sorted(Comparator.comparing(Incident::getPriority).thenComparing(Incident::getFirstEventTime))
                .map(Summary::line).toList();
        Map<String, Long> rules = new TreeMap<>();
        Map<String, Long> gaps = new TreeMap<>();
        Map<String, Long> priorities = new TreeMap<>();
        topics.signals(from, signal -> {
            Instant at = time(signal.getEventTime());
            if (!at.isBefore(from) && at.isBefore(to)) {
                (signal.getKind() == SignalKind.GAP ? gaps : rules).merge(signal.getRule(), 1L, Long::sum);
                priorities.merge(signal.getPriority().name(), 1L, Long::sum);
            }
        });
        long signals = priorities.values().stream().mapToLong(Long::longValue).sum();
        return new Summary(from.toString(), to.toString(), incidents, signals, priorities, top(rules), top(gaps), refused(from, to, topics),
                topics.risk().values().stream().sorted(Comparator.comparingDouble(RiskScore::getScore).reversed())
                        .limit(TOP).map(Summary::workload).toList());
    }

    private static Instant time(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    private static Line line(Incident incident) {
        return new Line(incident.getId(), incident.getTitle(), incident.getPriority().name(),
                incident.getState().name(), incident.getRevision(), Keys.workload(incident.getWorkload()),
                Story.time(incident.getFirstEventTime()), Story.time(incident.getLastEventTime()),
                incident.getSignals().size() + incident.getSignalsOmitted());
    }

    private static List<Refused> refused(Instant from, Instant to, ReportTopics topics) {
        Map<String, Refused> refused = new TreeMap<>();
        for (AdmissionAudit answer : topics.refusals(from)) {
            Instant at = time(answer.getTime());
            if (!at.isBefore(from) && at.isBefore(to)) {
                String what = answer.getWorkload().isEmpty()
                        ? answer.getKind() + ' ' + answer.getNamespace() + '/' + answer.getName() : answer.getWorkload();
                refused.merge(what, new Refused(what, String.join("; ", answer.getReasons()), 1),
                        (before, now) -> new Refused(what, now.reason, before.count + 1));
            }
        }
        return refused.values().stream().sorted(Comparator.comparingLong(Refused::count).reversed()).limit(TOP).toList();
    }

    private static List<Count> top(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(TOP).map(one -> new Count(one.getKey(), one.getValue())).toList();
    }

    private static Workload workload(RiskScore score) {
        return new Workload(Keys.workload(score.getWorkload()), score.getScore(), score.getLevel().name(),
                score.getFactors().isEmpty() ? "" : score.getFactors().getFirst().getReason());
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(1, "Security report"));
        blocks.add(new Block.Paragraph(seconds(from) + " to " + seconds(to) + ": "
                + Texts.count(incidents.size(), "incident") + ", " + Texts.count(signals, "signal") + priorities()));
        blocks.add(new Block.Heading(2, "Incidents"));
        blocks.add(incidents.isEmpty() ? new Block.Paragraph("None.")
                : new Block.Table(List.of("incident", "priority", "title", "workload", "first", "last", "signals", "state"),
                        incidents.stream().map(one -> List.of(one.id(), one.priority(), one.title(), one.workload(),
                                one.first(), one.last(), Long.toString(one.signals()),
                                one.state().toLowerCase(Locale.ROOT))).toList()));
        blocks.add(new Block.Heading(2, "Rules by signals"));
        blocks.add(counts(topRules));
        blocks.add(new Block.Heading(2, "Workloads by risk, now"));
        blocks.add(workloads.isEmpty() ? new Block.Paragraph("None.")
                : new Block.Table(List.of("workload", "risk", "level", "heaviest reason"), workloads.stream()
                        .map(one -> List.of(one.workload(), String.format(Locale.ROOT, "%.0f", one.score()), one.level(),
                                one.heaviest())).toList()));
        blocks.add(new Block.Heading(2, "Refused at admission"));
        blocks.add(refused.isEmpty() ? new Block.Paragraph("None.")
                : new Block.Table(List.of("workload", "because of", "times"), refused.stream()
                        .map(one -> List.of(one.workload(), one.reason(), Long.toString(one.count()))).toList()));
        blocks.add(new Block.Heading(2, "Gaps in the evidence"));
        blocks.add(counts(gaps));
        return blocks;
    }

    private static String seconds(String time) {
        return Instant.parse(time).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** " (3 CRITICAL, 1 NOTICE)", the gravest first. */
    private String priorities() {
        return byPriority.isEmpty() ? "" : byPriority.entrySet().stream()
                .sorted(Comparator.comparing(one -> Priority.valueOf(one.getKey())))
                .map(one -> one.getValue() + " " + one.getKey()).collect(Collectors.joining(", ", " (", ")"));
    }

    private static Block counts(List<Count> counts) {
        return counts.isEmpty() ? new Block.Paragraph("None.") : new Block.Table(List.of("rule", "signals"),
                counts.stream().map(one -> List.of(one.rule(), Long.toString(one.count()))).toList());
    }
}
