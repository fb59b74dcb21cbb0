package io.kubeguardian.cli.replay;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.config.KubeGuardianConfig;
import io.kubeguardian.detection.Replay;
import io.kubeguardian.detection.RuleDetectorFactory;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.cli.rules.RuleInput;
import io.kubeguardian.schema.BehaviourModel;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.ProfileAudit;
import io.kubeguardian.schema.ProfileEvent;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
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

    /** Moves of learned bounds that are remembered; what comes beyond is counted. */
    static final int MOST_MOVES = 10_000;

    /** What two sets of rules have in common: configuration, intelligence, models, policies. */
    record Setting(KubeGuardianConfig config, IntelInput intel, List<BehaviourModel> models,
            List<RuntimePolicyRecord> policies) {
        Replay.Judges with(Rules rules) {
            return new Replay.Judges(config.detection(), config.baseline(),
                    new RuleDetectorFactory(rules.files().stream().map(Path::toString).toList()), intel.set(),
                    config.models(), models, policies);
        }
    }

    /** A learned bound that moved: the threshold of a model's scores, or what is usual of a rate. */
    record Move(String time, String workload, String detail) {
        static Move of(ProfileAudit step) {
            return new Move(Instant.ofEpochSecond(0, step.getEventTime()).toString(), step.getWorkload().getNamespace() + '/'
                    + step.getWorkload().getKind() + '/' + step.getWorkload().getName(), step.getDetail());
        }
    }

    private final Rules rules;
    private final List<Move> moves = new ArrayList<>();
    private long moved;
    private final Map<String, Alert> alerts = new LinkedHashMap<>();
    private final Map<String, Tally> byRule = new LinkedHashMap<>();
    private long beyond;
    private long deadLetters;

    private Outcome(Rules rules) {
        this.rules = rules;
    }

    /** Runs the whole pipeline over the captures. */
    static Outcome of(List<Path> captures, Rules rules, Setting setting) {
        Outcome outcome = new Outcome(rules);
        try {
            Replay.run(captures, setting.with(rules), outcome.new Ears());
        } catch (IOException | MalformedRecordException e) {
            throw new UserError(e.getMessage(), e);
        }
        return outcome;
    }

    private final class Ears implements Replay.Listener {
        @Override
        public void signal(Signal signal) {
            if (signal.getKind() != SignalKind.HELD) {
                add(Alert.of(signal));
            }
        }

        @Override
        public void incident(Incident incident) {
            Alert alert = Alert.of(incident);
            if (incident.getRevision() == 1) {
                add(alert);
            } else { // it has grown: it is still one
                alerts.computeIfPresent(alert.id(), (id, before) -> alert);
            }
        }

        @Override
        public void profileAudit(ProfileAudit step) {
            if (step.getEvent() == ProfileEvent.BOUND_MOVED) {
                moved++;
                if (moves.size() < MOST_MOVES) {
                    moves.add(Move.of(step));
                }
            }
        }

        @Override
        public void deadLetter(DeadLetter letter) {
            deadLetters++;
        }
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

    /** Learned bounds that moved, in the order in which they did. */
    List<Move> moves() {
        return moves;
    }

    /** How many moved, those included that are not remembered. */
    long moved() {
        return moved;
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
