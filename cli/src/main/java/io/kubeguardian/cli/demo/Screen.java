package io.kubeguardian.cli.demo;

import io.kubeguardian.cli.Ansi;
import io.kubeguardian.schema.ContainmentStatus;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.ProcessRef;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the demo shows while it runs. */
final class Screen implements Timeline.Listener {
    private static final int BAR = 20;
    private static final int WIDTH = 110;

    private final PrintStream out;
    private final Ansi ansi;
    private final Map<String, Integer> shownFactors = new HashMap<>();

    Screen(PrintStream out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    synchronized void title(String text) {
        out.println();
        out.println(ansi.bold(text));
    }

    synchronized void line(String name, String text) {
        out.printf("  %-11s %s%n", name, text);
    }

    synchronized void step(String text) {
        out.println(ansi.dim("  → ") + text);
    }

    synchronized void good(String text) {
        out.println(ansi.green("  ✔ ") + text);
    }

    synchronized void bad(String text) {
        out.println(ansi.red("  ✘ ") + text);
    }

    synchronized void note(String text) {
        out.println(ansi.dim("    " + text));
    }

    /** A long text, broken between words. */
    synchronized void paragraph(String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (line.length() + word.length() >= WIDTH) {
                note(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        note(line.toString());
    }

    @Override
    public synchronized void signal(Timeline.Arrived<Signal> arrived) {
        Signal signal = arrived.record();
        out.printf("  %s %s %s%s%n", ansi.of(signal.getPriority(), "●"),
                ansi.of(signal.getPriority(), String.format("%-8s", signal.getPriority())), signal.getRule(),
                ansi.dim(String.format(Locale.ROOT, "  %s  after %.0f ms", String.join(" ", signal.getTechniques()),
                        arrived.millisAfter(signal.getEventTime()))));
        if (signal.getProcess() != null) {
            note(lineage(signal));
        }
        if (!signal.getOutput().isEmpty()) {
            note(cut(signal.getOutput()));
        }
        if (!signal.getContributions().isEmpty()) {
            note(String.format(Locale.ROOT, "why %.2f: ", signal.getScore()) + signal.getContributions().stream()
                    .map(Contribution::getReason).collect(Collectors.joining(", ")));
        }
    }

    @Override
    public synchronized void incident(Timeline.Arrived<Incident> arrived) {
        Incident incident = arrived.record();
        if (incident.getRevision() > 1) {
            note(String.format(Locale.ROOT, "incident %s: %d signals, %s", incident.getState().name().toLowerCase(Locale.ROOT),
                    incident.getSignals().size() + incident.getSignalsOmitted(),
                    String.join(", ", incident.getPatterns())));
            return;
        }
        List<String> path = incident.getSignals().stream().map(Signal::getRule).toList();
        out.printf("  %s %s%s%n", ansi.of(incident.getPriority(), "■ INCIDENT " + incident.getPriority()),
                ansi.bold(incident.getTitle()),
                ansi.dim(String.format(Locale.ROOT, "  %s  after %.0f ms", String.join(" ", incident.getTechniques()),
                        arrived.millisAfter(incident.getLastEventTime()))));
        for (int i = 0; i < path.size(); i++) {
            note((i + 1) + ". " + path.get(i));
        }
        note("path: " + String.join(" → ", incident.getAttackPath().stream()
                .map(step -> step.getTactic().replace('_', ' ')).toList()));
    }

    @Override
    public synchronized void risk(Timeline.Arrived<RiskScore> arrived) {
        RiskScore risk = arrived.record();
        List<String> news = risk.getFactors().stream()
                .filter(f -> f.getCount() > shownFactors.getOrDefault(f.getName(), 0))
                .map(f -> String.format(Locale.ROOT, "%+.0f %s", f.getPoints(), f.getName()))
                .toList();
        if (news.isEmpty()) {
            return; // decay: no news
        }
        risk.getFactors().forEach(f -> shownFactors.put(f.getName(), f.getCount()));
        double score = risk.getScore();
        int filled = (int) Math.round(score / 100 * BAR);
        String bar = "█".repeat(filled) + "░".repeat(BAR - filled);
        String coloured = score >= 80 ? ansi.red(bar) : score >= 40 ? ansi.yellow(bar) : ansi.green(bar);
        out.printf(Locale.ROOT, "  risk %s %3.0f %-8s %s%n", coloured, score, risk.getLevel(),
                ansi.dim(cut(String.join(", ", news))));
    }

    @Override
    public synchronized void decision(Timeline.Arrived<Decision> arrived) {
        Decision decision = arrived.record();
        out.printf("  %s %s%n", ansi.bold("decision"), actions(decision.getActions()) + ": " + cut(decision.getReason()));
    }

    synchronized void containment(ContainmentStatus status, double millis) {
        good(String.format(Locale.ROOT, "contained in the kernel: %s, %.0f ms after the event",
                actions(status.getEffective()), millis));
    }

    private static String actions(List<? extends Enum<?>> actions) {
        return String.join(" and ",
                actions.stream().map(a -> a.name().toLowerCase(Locale.ROOT).replace('_', ' ')).toList());
    }

    private static String lineage(Signal signal) {
        StringBuilder text = new StringBuilder(command(signal.getProcess()));
        for (ProcessRef ancestor : signal.getAncestors()) {
            text.append(" ← ").append(ancestor.getName());
        }
        return cut(text.toString());
    }

    private static String command(ProcessRef process) {
        return process.getArgs().isEmpty() ? process.getName() : String.join(" ", process.getArgs());
    }

    private static String cut(String text) {
        String oneLine = text.replaceAll("\\s+", " ");
        return oneLine.length() <= WIDTH ? oneLine : oneLine.substring(0, WIDTH - 1) + '…';
    }
}
