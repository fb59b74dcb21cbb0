package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.Replay;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.cli.rules.RuleInput;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one set of rules said of some captures. */
final class Outcome {
    /** Alerts that are remembered each by itself; what comes beyond is counted by rule alone. */
    static final int MOST_ALERTS = 200_000;

    /** A set of rules. @param files in the order in which they are loaded; empty: the built-in ones */
    record Rules(List<Path> files, RuleSet loaded) {
        /** @throws UserError with file, line and column of what does not load */
        static Rules of(List<Path> files) {
            return new Rules(files, RuleInput.load(files, LoadMode.STRICT));
        }

        String name() {
            return files.isEmpty() ? "built-in" : String.join(" ", files.stream().map(Path::toString).toList());
        }
    }

    private final Rules rules;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final Map<String, Tally> byRule = new LinkedHashMap<>();
    private long beyond;
    private long deadLetters;

    private Outcome(Rules rules) {
        this.rules = rules;
    }

    /** Runs the whole pipeline over the captures. */
    static Outcome of(List<Path> captures, Rules rules, DetectionSettings settings) {
        Outcome outcome = new Outcome(rules);
        try {
            Replay.run(captures, settings, new RuleDetectorFactory(rules.files().stream().map(Path::toString).toList()),
                    new Replay.Listener() {
                        @Override
                        public void signal(Signal signal) {
                            if (signal.getKind() != SignalKind.HELD) {
                                outcome.add(Alert.of(signal));
                            }
                        }

                        @Override
                        public void incident(Incident incident) {
                            Alert alert = Alert.of(incident);
                            if (incident.getRevision() == 1) {
                                outcome.add(alert);
                            } else { // it has grown: it is still one
                                outcome.alerts.computeIfPresent(alert.id(), (id, before) -> alert);
                            }
                        }

                        @Override
                        public void deadLetter(DeadLetter letter) {
                            outcome.deadLetters++;
                        }
                    });
        } catch (IOException | MalformedRecordException e) {
            throw new UserError(e.getMessage(), e);
        }
        return outcome;
    }

    private void add(Alert alert) {
        byRule.computeIfAbsent(alert.rule(), none -> new Tally(alert.priority())).count++;
        if (alerts.size() < MOST_ALERTS) {
            alerts.put(alert.id(), alert);
        } else {
            beyond++;
        }
    }

    /** How often a rule spoke. */
    static final class Tally {
        final String priority;
        long count;

        Tally(String priority) {
            this.priority = priority;
        }
    }

    Rules rules() {
        return rules;
    }

    /** By id, in the order in which they came. */
    Map<String, Alert> alerts() {
        return alerts;
    }

    Map<String, Tally> byRule() {
        return byRule;
    }

    /** Alerts that are only counted. */
    long beyond() {
        return beyond;
    }

    /** Records that the pipeline could not use. */
    long deadLetters() {
        return deadLetters;
    }

    /** Those that the other set of rules did not have. */
    List<Alert> notIn(Outcome other) {
        return alerts.values().stream().filter(alert -> !other.alerts.containsKey(alert.id())).toList();
    }
}
