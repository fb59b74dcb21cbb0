package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RuntimePolicyRecord;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What one or two sets of rules said, and where they differ. */
final class ReplayReport {
    private static final int SHOWN = 20;

    private final Evidence evidence;
    private final Outcome.Setting setting;
    private final Outcome now;
    /** Null without a comparison. */
    private final Outcome against;

    ReplayReport(Evidence evidence, Outcome.Setting setting, Outcome now, Outcome against) {
        this.evidence = evidence;
        this.setting = setting;
        this.now = now;
        this.against = against;
    }

    /** Alerts that only one of the two has, or more of them than can be compared one by one. */
    boolean differs() {
        return against != null && (!now.notIn(against).isEmpty() || !against.notIn(now).isEmpty()
                || now.beyond() != against.beyond());
    }

    Map<String, Object> json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("evidence", evidence);
        report.put("policies", setting.policies().stream().map(ReplayReport::json).toList());
        report.put("models", setting.models().stream().map(ReplayReport::json).toList());
        report.put("intel", setting.intel().feeds());
        report.put("rules", json(now));
        if (against != null) {
            report.put("against", json(against));
            Map<String, Object> difference = new LinkedHashMap<>();
            difference.put("added", now.notIn(against));
            difference.put("removed", against.notIn(now));
            report.put("difference", difference);
            report.put("differs", differs());
        }
        return report;
    }

    private static Map<String, Object> json(RuntimePolicyRecord policy) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", policy.getNamespace() + '/' + policy.getName());
        json.put("workload", Keys.workload(policy.getWorkload()));
        json.put("mode", mode(policy));
        json.put("digest", policy.getDigest());
        return json;
    }

    private static String mode(RuntimePolicyRecord policy) {
        return policy.getMode().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> json(BehaviourModel model) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", model.getName());
        json.put("workload", model.getWorkload());
        json.put("digest", model.getDigest());
        return json;
    }

    private static Map<String, Object> json(Outcome outcome) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("files", outcome.rules().files().stream().map(Object::toString).toList());
        json.put("digest", outcome.rules().loaded().digest());
        Map<String, Long> counts = new LinkedHashMap<>();
        outcome.byRule().forEach((rule, tally) -> counts.put(rule, tally.count));
        json.put("byRule", counts);
        json.put("alerts", outcome.alerts().values());
        json.put("alertsOnlyCounted", outcome.beyond());
        json.put("boundsMoved", outcome.moves());
        json.put("boundsMovedOnlyCounted", outcome.moved() - outcome.moves().size());
        json.put("deadLetters", outcome.deadLetters());
        return json;
    }

    void print(PrintStream out, Ansi ansi) {
        out.println(Texts.count(evidence.captures().size(), "capture") + ", " + Texts.count(evidence.events(), "event")
                + (evidence.foreignAlerts() == 0 ? "" : " and " + Texts.count(evidence.foreignAlerts(), "alert") + " of other"
                + " sensors") + " of "
                + Texts.count(evidence.pods(), "pod") + (evidence.from().isEmpty() ? "" : ", " + evidence.from() + " … "
                + evidence.to()));
        for (RuntimePolicyRecord policy : setting.policies()) {
            out.println("policy " + Texts.line(policy.getNamespace() + '/' + policy.getName()) + " of "
                    + Texts.line(Keys.workload(policy.getWorkload())) + ", " + mode(policy) + ", " + policy.getDigest());
        }
        for (BehaviourModel model : setting.models()) {
            out.println("model " + Texts.line(model.getName()) + " of " + (model.getWorkload().isEmpty() ? "every workload"
                    : Texts.line(model.getWorkload())) + ", " + model.getDigest());
        }
        for (IntelInput.Feed feed : setting.intel().feeds()) {
            out.println("feed " + feed.name() + ", " + Texts.count(feed.indicators(), "indicator") + " of "
                    + Texts.line(feed.source()));
        }
        TreeSet<String> rules = new TreeSet<>(now.byRule().keySet());
        if (against != null) {
            rules.addAll(against.byRule().keySet());
        }
        int width = Math.max(4, rules.stream().mapToInt(String::length).max().orElse(0));
        out.printf("%n%-13s  %-" + width + "s  %9s%s%n", "PRIORITY", "RULE", "ALERTS",
                against == null ? "" : String.format("  %9s  %7s", "AGAINST", "CHANGE"));
        for (String rule : rules) {
            Outcome.Tally tally = now.byRule().get(rule);
            Outcome.Tally old = against == null ? null : against.byRule().get(rule);
            Priority priority = Priority.valueOf((tally == null ? old : tally).priority);
            long count = tally == null ? 0 : tally.count;
            out.printf("%s  %-" + width + "s  %9d", ansi.of(priority, String.format("%-13s", priority)), Texts.line(rule),
                    count);
            if (against != null) {
                long before = old == null ? 0 : old.count;
                out.printf("  %9d  %7s", before, count == before ? "" : String.format("%+d", count - before));
            }
            out.println();
        }
        if (rules.isEmpty()) {
            out.println("no rule had anything to say");
        }
        if (now.deadLetters() > 0) {
            out.println(ansi.red(Texts.count(now.deadLetters(), "record") + " could not be used"));
        }
        if (against == null) {
            sample(out, ansi, "", List.copyOf(now.alerts().values()));
        } else {
            sample(out, ansi, "only with " + now.rules().name(), now.notIn(against));
            sample(out, ansi, "only with " + against.rules().name(), against.notIn(now));
            out.println(differs() ? "" : "\nno difference");
        }
        moves(out, ansi);
    }

    private void moves(PrintStream out, Ansi ansi) {
        if (now.moved() == 0) {
            return;
        }
        out.println("\n" + ansi.bold(Texts.count(now.moved(), "learned bound") + " moved") + ":");
        List<Outcome.Move> shown = now.moves().subList(0, Math.min(SHOWN, now.moves().size()));
        for (Outcome.Move move : shown) {
            out.println(ansi.dim(move.time()) + "  " + Texts.line(move.workload()) + "\n    "
                    + ansi.dim(Texts.line(move.detail())));
        }
        if (now.moved() > shown.size()) {
            out.println("… and " + (now.moved() - shown.size()) + " more (--format json has them)");
        }
    }

    private static void sample(PrintStream out, Ansi ansi, String title, List<Alert> alerts) {
        if (alerts.isEmpty()) {
            return;
        }
        out.println();
        if (!title.isEmpty()) {
            out.println(ansi.bold(Texts.line(title)) + ":");
        }
        List<Alert> shown = new ArrayList<>(alerts.subList(0, Math.min(SHOWN, alerts.size())));
        for (Alert alert : shown) {
            out.println(ansi.dim(alert.time()) + "  " + ansi.of(Priority.valueOf(alert.priority()), alert.priority()) + "  "
                    + ansi.bold(Texts.line(alert.rule())) + "  " + Texts.line(alert.workload()) + "\n    "
                    + ansi.dim(Texts.line(alert.output())));
        }
        if (alerts.size() > shown.size()) {
            out.println("… and " + (alerts.size() - shown.size()) + " more (--format json has all)");
        }
    }
}
