package io.kubeguardian.risk;

import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How risk is counted; pure. A factor is one rule, drift kind, model, indicator kind or pattern. A score is the sum of its
 * factors' points, at most 100.
 *
 * <table>
 *   <caption>Points of a first one, and the most that its kind can come to</caption>
 *   <tr><td>rule</td><td>EMERGENCY 25, ALERT 20, CRITICAL 16, ERROR 13, WARNING 10, NOTICE 6, INFORMATIONAL 2,
 *       DEBUG 1</td><td>60</td></tr>
 *   <tr><td>drift</td><td>half of a rule's of the same priority; with a rarity r times (0.5 + r)</td><td>25</td></tr>
 *   <tr><td>anomaly</td><td>20 times the score</td><td>30</td></tr>
 *   <tr><td>intel</td><td>40 times the signal's score</td><td>60</td></tr>
 *   <tr><td>incident</td><td>CRITICAL and above 65, ERROR 50, WARNING 35, below 20</td><td>90</td></tr>
 *   <tr><td>posture</td><td>standing: a finding critical 5, high 3, medium 1, low 0.3</td><td>15</td></tr>
 *   <tr><td>exposure</td><td>standing: see {@link Exposure}</td><td>12</td></tr>
 * </table>
 *
 * What comes later counts less: new points are taken times the room that is left below the most of their kind, so that no
 * number of notices makes a workload critical; and repeats of one factor move it half-way to twice its first points
 * (10, 15, 17.5, … below 20). An incident that grows replaces itself. Every factor but standing ones halves in the
 * half-life. When all come to more than 100 those that decay are scaled together, so that a reader can decay the score by
 * itself and get the same.
 */
public final class RiskModel {
    static final String INCIDENT = "incident";
    static final String POSTURE = "posture";
    static final String EXPOSURE = "exposure";

    /** Most factors kept per entity; the smallest goes first. */
    static final int FACTORS = 32;
    /** Most ids kept of what is behind a factor. */
    static final int IDS = 8;
    /** Most findings of a workload that count. */
    static final int FINDINGS = 32;
    /** Below this a factor is forgotten. */
    static final double LEAST_POINTS = 0.5;

    private static final Map<String, Double> MOST = Map.of("rule", 60.0, "drift", 25.0, "anomaly", 30.0, "intel", 60.0,
            INCIDENT, 90.0, POSTURE, 15.0, EXPOSURE, 12.0);

    private final double halfLifeNanos;

    public RiskModel(long halfLifeSeconds) {
        this.halfLifeNanos = halfLifeSeconds * 1e9;
    }

    /** The most that factors of a kind come to. */
    static double most(String kind) {
        return MOST.getOrDefault(kind, 25.0);
    }

    /** Of the factor that a signal is. */
    static String kind(Signal signal) {
        return switch (signal.getKind()) {
            case DRIFT -> "drift";
            case ANOMALY -> "anomaly";
            case INTEL -> "intel";
            default -> "rule";
        };
    }

    /** Points of a first signal of its kind; 0: no factor. */
    static double base(Signal signal) {
        double points = rulePoints(signal.getPriority());
        return switch (signal.getKind()) {
            case GAP, HELD -> 0; // missing evidence is said by the completeness; of what was held the first counted
            case DRIFT -> points / 2 * (signal.getScore() > 0 ? 0.5 + signal.getScore() : 1);
            case ANOMALY -> 20 * signal.getScore();
            case INTEL -> 40 * signal.getScore();
            default -> points;
        };
    }

    /** Points of a first incident of its pattern. */
    static double base(Incident incident) {
        return switch (incident.getPriority()) {
            case EMERGENCY, ALERT, CRITICAL -> 65;
            case ERROR -> 50;
            case WARNING -> 35;
            default -> 20;
        };
    }

    /** NONE below 5, LOW from 5, MEDIUM from 30, HIGH from 60, CRITICAL from 80. */
    public static RiskLevel level(double score) {
        if (score >= 80) {
            return RiskLevel.CRITICAL;
        }
        if (score >= 60) {
            return RiskLevel.HIGH;
        }
        if (score >= 30) {
            return RiskLevel.MEDIUM;
        }
        return score >= 5 ? RiskLevel.LOW : RiskLevel.NONE;
    }

    /** The score below which {@link #level} falls; 0 for NONE. */
    static double floor(RiskLevel level) {
        return switch (level) {
            case CRITICAL -> 80;
            case HIGH -> 60;
            case MEDIUM -> 30;
            case LOW -> 5;
            case NONE -> 0;
        };
    }

    static double score(List<RiskFactor> factors) {
        return Math.min(100, factors.stream().mapToDouble(RiskFactor::getPoints).sum());
    }

    /** The part of the score that does not decay. */
    static double standing(List<RiskFactor> factors) {
        return factors.stream().filter(RiskFactor::getStanding).mapToDouble(RiskFactor::getPoints).sum();
    }

    /** The factors after {@code nanos} more without anything new; those that came to nothing are gone. */
    List<RiskFactor> decayed(List<RiskFactor> factors, long nanos) {
        double share = Math.pow(0.5, Math.max(0, nanos) / halfLifeNanos);
        List<RiskFactor> left = new ArrayList<>();
        for (RiskFactor factor : factors) {
            double points = factor.getPoints() * share;
            if (factor.getStanding()) {
                left.add(factor);
            } else if (points >= LEAST_POINTS) {
                left.add(RiskFactor.newBuilder(factor).setPoints(points).build());
            }
        }
        return left;
    }

    /** Nanoseconds until what decays has fallen from one sum below another. */
    long nanosUntil(double score, double below) {
        double halfLives = Math.log(score / below) / Math.log(2);
        return (long) Math.ceil(Math.max(0, halfLives) * halfLifeNanos) + 1_000_000;
    }

    /**
     * Adds a piece of evidence to the factors as they are at its time.
     *
     * @param evidence with the points of a first one, and one id
     */
    static List<RiskFactor> add(List<RiskFactor> factors, RiskFactor evidence) {
        List<RiskFactor> all = new ArrayList<>(factors);
        RiskFactor same = null;
        double sum = 0;
        for (RiskFactor factor : all) {
            if (factor.getKind().equals(evidence.getKind())) {
                sum += factor.getPoints();
                // An incident keeps its id while it grows, but perhaps not its title.
                boolean grown = factor.getEvidenceIds().contains(evidence.getEvidenceId());
                same = grown || same == null && factor.getName().equals(evidence.getName()) ? factor : same;
            }
        }
        double most = most(evidence.getKind());
        double base = Math.min(most, evidence.getPoints());
        if (same == null) {
            all.add(RiskFactor.newBuilder(evidence).setPoints(base * room(sum, most)).build());
        } else {
            all.remove(same);
            boolean known = same.getEvidenceIds().contains(evidence.getEvidenceId());
            // What is known already counts as it would if it came now; something new of the kind adds to what is there.
            double points = known ? Math.max(same.getPoints(), base * room(sum - same.getPoints(), most))
                    : same.getPoints() + Math.max(0, 2 * base - same.getPoints()) / 2 * room(sum, most);
            all.add(RiskFactor.newBuilder(evidence).setPoints(points)
                    .setCount(same.getCount() + (known ? 0 : 1))
                    .setEvidenceIds(ids(same.getEvidenceIds(), evidence.getEvidenceId(), known))
                    .setLastEventTime(Math.max(same.getLastEventTime(), evidence.getLastEventTime())).build());
        }
        return bounded(all);
    }

    private static double room(double sum, double most) {
        return Math.max(0, 1 - sum / most);
    }

    private static List<String> ids(List<String> before, String id, boolean known) {
        List<String> ids = new ArrayList<>(before);
        if (known) {
            return ids;
        }
        ids.add(id);
        return ids.size() > IDS ? new ArrayList<>(ids.subList(ids.size() - IDS, ids.size())) : ids;
    }

    /** Puts what admission found in the place of what it found before: a factor for each severity. */
    static List<RiskFactor> posture(List<RiskFactor> factors, Posture posture) {
        List<PostureFinding> findings =
                posture.getFindings().subList(0, Math.min(FINDINGS, posture.getFindings().size()));
        List<RiskFactor> standing = new ArrayList<>();
        for (String severity : List.of("critical", "high", "medium", "low")) {
            List<String> checks = findings.stream().filter(finding -> finding.getSeverity().equals(severity))
                    .map(PostureFinding::getCheck).toList();
            if (!checks.isEmpty()) {
                double points = checks.size() * switch (severity) {
                    case "critical" -> 5.0;
                    case "high" -> 3.0;
                    case "medium" -> 1.0;
                    default -> 0.3;
                };
                standing.add(new RiskFactor(POSTURE, severity, points,
                        checks.size() + " " + severity + " findings of admission: "
                                + String.join(", ", checks.subList(0, Math.min(4, checks.size()))),
                        checks.get(0), checks.size(), posture.getTime(), new ArrayList<>(), true));
            }
        }
        return replaced(factors, POSTURE, standing);
    }

    /** Puts factors that stand in the place of those of their kind, scaled down to the most of it. */
    static List<RiskFactor> replaced(List<RiskFactor> factors, String kind, List<RiskFactor> standing) {
        List<RiskFactor> all = new ArrayList<>(factors);
        all.removeIf(factor -> factor.getKind().equals(kind));
        double sum = standing.stream().mapToDouble(RiskFactor::getPoints).sum();
        double share = Math.min(1, most(kind) / Math.max(sum, 1e-9));
        standing.forEach(factor -> all.add(RiskFactor.newBuilder(factor).setPoints(factor.getPoints() * share).build()));
        return bounded(all);
    }

    private static List<RiskFactor> bounded(List<RiskFactor> factors) {
        factors.sort(Comparator.comparingDouble(RiskFactor::getPoints).reversed().thenComparing(RiskFactor::getName));
        while (factors.size() > FACTORS) {
            factors.remove(factors.size() - 1);
        }
        double sum = factors.stream().mapToDouble(RiskFactor::getPoints).sum();
        if (sum <= 100) {
            return factors;
        }
        double standing = standing(factors);
        double share = (100 - standing) / (sum - standing);
        List<RiskFactor> scaled = new ArrayList<>(factors.size());
        for (RiskFactor factor : factors) {
            scaled.add(factor.getStanding() ? factor
                    : RiskFactor.newBuilder(factor).setPoints(factor.getPoints() * share).build());
        }
        return scaled;
    }

    private static double rulePoints(Priority priority) {
        return switch (priority) {
            case EMERGENCY -> 25;
            case ALERT -> 20;
            case CRITICAL -> 16;
            case ERROR -> 13;
            case WARNING -> 10;
            case NOTICE -> 6;
            case INFORMATIONAL -> 2;
            case DEBUG -> 1;
        };
    }
}
