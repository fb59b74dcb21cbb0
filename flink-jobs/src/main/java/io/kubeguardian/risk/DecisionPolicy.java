package io.kubeguardian.risk;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.ContainmentExceptions;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What follows from which risk. The first entry that fits a workload decides; where none does, what the configuration
 * says of containment. Travels with the job.
 */
public final class DecisionPolicy implements Serializable {
    private static final long serialVersionUID = 1L;

    static final List<ContainmentAction> ACTIONS =
            List.of(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK);
    /** A threshold that no score reaches. */
    static final double NEVER = 101;
    /** What the entry behind all others is called. */
    static final String CONFIGURATION = "configuration";

    /**
     * Which workloads an entry is about: each list and map that is not empty must fit.
     *
     * @param namespaces names, or beginnings with an asterisk; names likewise
     * @param labels that a pod of the workload must have, as it was last described
     */
    record Match(
            List<String> clusters, List<String> namespaces, List<String> kinds, List<String> names,
            Map<String, String> labels)
            implements Serializable {
        static final Match ALL = new Match(List.of(), List.of(), List.of(), List.of(), Map.of());

        boolean fits(WorkloadRef workload, Map<String, String> podLabels) {
            return fits(clusters, workload.getCluster()) && fits(namespaces, workload.getNamespace())
                    && fits(kinds, workload.getKind()) && fits(names, workload.getName())
                    && podLabels.entrySet().containsAll(labels.entrySet());
        }

        private static boolean fits(List<String> wanted, String name) {
            return wanted.isEmpty() || wanted.stream().anyMatch(one -> one.endsWith("*")
                    ? name.startsWith(one.substring(0, one.length() - 1)) : one.equals(name));
        }
    }

    /**
     * @param alertAt score from which people are told
     * @param containAt score from which the container of an incident is contained
     * @param quarantineAt score from which, besides, the workload gets no new pods
     * @param seconds how long both last
     * @param mode IN_FORCE: it is done; PENDING: when a person says so; DRY_RUN: it is only written down
     */
    record Entry(
            String name, Match match, double alertAt, double containAt, double quarantineAt,
            List<ContainmentAction> actions, long seconds, DecisionState mode)
            implements Serializable {
        Verdict verdict(double score) {
            return score >= quarantineAt ? Verdict.QUARANTINE : score >= containAt ? Verdict.CONTAIN
                    : score >= alertAt ? Verdict.ALERT : Verdict.ALLOW;
        }

        /** The score that leads to a verdict. */
        double threshold(Verdict verdict) {
            return verdict == Verdict.QUARANTINE ? quarantineAt : verdict == Verdict.CONTAIN ? containAt : alertAt;
        }
    }

    private final List<Entry> entries;
    private final List<String> exceptPaths;
    private final List<ExceptedDestination> exceptDestinations;
    private final DecisionSettings limits;

    /** @throws ConfigException when an exception of the settings is none */
    DecisionPolicy(List<Entry> entries, DetectionSettings detection, DecisionSettings limits) {
        this.entries = new ArrayList<>(entries);
        this.entries.add(new Entry(CONFIGURATION, Match.ALL, NEVER, detection.containAtRisk(), NEVER, ACTIONS,
                detection.containSeconds(), DecisionState.IN_FORCE));
        this.exceptPaths = new ArrayList<>(detection.containExceptPaths());
        this.exceptDestinations = exceptions(detection);
        this.limits = limits;
    }

    /**
     * As the configuration has it.
     *
     * @throws ConfigException with file, line and reason when the policy cannot be used
     */
    public static DecisionPolicy load(DecisionSettings decisions, DetectionSettings detection) {
        return new DecisionPolicy(decisions.policy().isEmpty() ? List.of()
                : DecisionPolicyFile.read(Path.of(decisions.policy()), detection.containSeconds()), detection, decisions);
    }

    private static List<ExceptedDestination> exceptions(DetectionSettings settings) {
        if (settings.containExceptPaths().size() > ContainmentExceptions.MOST
                || settings.containExceptDestinations().size() > ContainmentExceptions.MOST) {
            throw new ConfigException("detection: more than " + ContainmentExceptions.MOST
                    + " of containExceptPaths or containExceptDestinations");
        }
        try {
            settings.containExceptPaths().forEach(ContainmentExceptions::checkPath);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("detection.containExceptPaths: " + e.getMessage(), e);
        }
        try {
            return new ArrayList<>(settings.containExceptDestinations().stream()
                    .map(ContainmentExceptions::destination).toList());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("detection.containExceptDestinations: " + e.getMessage(), e);
        }
    }

    Entry entry(WorkloadRef workload, Map<String, String> podLabels) {
        for (Entry entry : entries) {
            if (entry.match().fits(workload, podLabels)) {
                return entry;
            }
        }
        throw new IllegalStateException("the last entry fits all");
    }

    List<String> exceptPaths() {
        return exceptPaths;
    }

    List<ExceptedDestination> exceptDestinations() {
        return exceptDestinations;
    }

    /** Of what is done at once, and how long a person may take. */
    DecisionSettings limits() {
        return limits;
    }
}
