package io.kubeguardian.risk;

import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskFactor;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How risk is counted; pure. A factor is one rule, drift kind or pattern. A workload's score is the sum of its
 * factors, at most 100.
 *
 * <table>
 *   <caption>Base points</caption>
 *   <tr><td>rule</td><td>EMERGENCY 25, ALERT 20, CRITICAL 16, ERROR 13, WARNING 10, NOTICE 6, INFORMATIONAL 2,
 *       DEBUG 1</td></tr>
 *   <tr><td>drift</td><td>half of a rule's of the same priority</td></tr>
 *   <tr><td>incident</td><td>CRITICAL and above 60, ERROR 50, WARNING 35, below 20</td></tr>
 *   <tr><td>held back</td><td>none: the first of them counted</td></tr>
 *   <tr><td>gap</td><td>none: missing evidence is said by the score's completeness</td></tr>
 * </table>
 *
 * Repeats count less and less: each moves its factor half-way to twice the base (10, 15, 17.5, … below 20), so no
 * amount of one rule makes a workload critical. Every factor halves in the half-life. When the factors come to more
 * than 100 they are scaled to 100 together, so that a reader can decay the score by itself and get the same.
 */
public final class RiskModel {
    /** Most factors kept per workload; the smallest goes first. */
    static final int FACTORS = 32;

    /** Below this a factor is forgotten. */
    static final double LEAST_POINTS = 0.5;

    private final double halfLifeNanos;

    public RiskModel(long halfLifeSeconds) {
        this.halfLifeNanos = halfLifeSeconds * 1e9;
    }

    /** Points of a first signal of its kind; 0: no factor. */
    static double base(Signal signal) {
        if (signal.getKind() == SignalKind.GAP || signal.getKind() == SignalKind.HELD) {
            return 0;
        }
        double points = rulePoints(signal.getPriority());
        return signal.getKind() == SignalKind.DRIFT ? points / 2 : points;
    }

    /** Points of a first incident of its pattern. */
    static double base(Incident incident) {
        return switch (incident.getPriority()) {
            case EMERGENCY, ALERT, CRITICAL -> 60;
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

    /** The factors after {@code nanos} more without anything new; those that came to nothing are gone. */
    List<RiskFactor> decayed(List<RiskFactor> factors, long nanos) {
        double share = Math.pow(0.5, Math.max(0, nanos) / halfLifeNanos);
        List<RiskFactor> left = new ArrayList<>();
        for (RiskFactor factor : factors) {
            double points = factor.getPoints() * share;
            if (points >= LEAST_POINTS) {
                left.add(RiskFactor.newBuilder(factor).setPoints(points).build());
            }
        }
        return left;
    }

    /** Nanoseconds until a score has fallen below another. */
    long nanosUntil(double score, double below) {
        double halfLives = Math.log(score / below) / Math.log(2);
        return (long) Math.ceil(Math.max(0, halfLives) * halfLifeNanos) + 1_000_000;
    }

    /** Adds a piece of evidence to the factors as they are at its time. */
    static List<RiskFactor> add(List<RiskFactor> factors, RiskFactor evidence) {
        List<RiskFactor> all = new ArrayList<>(factors);
        RiskFactor same = null;
        for (RiskFactor factor : all) {
            if (factor.getKind().equals(evidence.getKind()) && factor.getName().equals(evidence.getName())) {
                same = factor;
            }
        }
        if (same != null) {
            all.remove(same);
            double most = 2 * evidence.getPoints();
            double before = Math.min(same.getPoints(), most);
            all.add(RiskFactor.newBuilder(evidence)
                    .setPoints(before + (most - before) / 2)
                    .setCount(same.getCount() + 1)
                    .setLastEventTime(Math.max(same.getLastEventTime(), evidence.getLastEventTime()))
                    .build());
        } else {
            all.add(evidence);
        }
        all.sort(Comparator.comparingDouble(RiskFactor::getPoints).reversed().thenComparing(RiskFactor::getName));
        if (all.size() > FACTORS) {
            all.remove(all.size() - 1);
        }
        return scaled(all);
    }

    private static List<RiskFactor> scaled(List<RiskFactor> factors) {
        double sum = factors.stream().mapToDouble(RiskFactor::getPoints).sum();
        if (sum <= 100) {
            return factors;
        }
        List<RiskFactor> scaled = new ArrayList<>(factors.size());
        for (RiskFactor factor : factors) {
            scaled.add(RiskFactor.newBuilder(factor).setPoints(factor.getPoints() * 100 / sum).build());
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
