package io.kubeguardian.ml.member;

import io.kubeguardian.ml.Behaviour;
import io.kubeguardian.ml.Member;
import io.kubeguardian.ml.ModelException;
import io.kubeguardian.schema.Contribution;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the histogram of system calls is from the nearest one that training saw: 1 less the Bhattacharyya coefficient
 * (the square of Hellinger's distance), 0 to 1. Of the training histograms those are kept that lie furthest from each other
 * (Gonzalez 1985): every other one is near one of them.
 */
public final class HistogramMember implements Member {
    /** The member's name in records. */
    public static final String KIND = "histogram";
    /** Most histograms that are kept. */
    public static final int MOST_PROTOTYPES = 1024;

    private static final int MOST_CALLS = 4096;

    /** Roots of shares. */
    private final List<Map<String, Double>> prototypes;

    private HistogramMember(List<Map<String, Double>> prototypes) {
        this.prototypes = prototypes;
    }

    /** Windows without any call are left out. */
    public static HistogramMember train(Collection<Behaviour> data) {
        List<Map<String, Double>> all = new ArrayList<>();
        for (Behaviour behaviour : data) {
            if (behaviour.totalCalls() > 0) {
                all.add(roots(behaviour));
            }
        }
        List<Map<String, Double>> kept = new ArrayList<>();
        double[] distances = new double[all.size()];
        java.util.Arrays.fill(distances, Double.MAX_VALUE);
        int next = 0;
        while (!all.isEmpty() && kept.size() < MOST_PROTOTYPES && distances[next] > 1e-9) {
            kept.add(all.get(next));
            int furthest = 0;
            for (int i = 0; i < distances.length; i++) {
                distances[i] = Math.min(distances[i], 1 - coefficient(all.get(i), all.get(next)));
                furthest = distances[i] > distances[furthest] ? i : furthest;
            }
            next = furthest;
        }
        return new HistogramMember(kept);
    }

    private static Map<String, Double> roots(Behaviour behaviour) {
        double total = behaviour.totalCalls();
        Map<String, Double> roots = new HashMap<>();
        behaviour.calls().forEach((call, count) -> roots.put(call, Math.sqrt(count / total)));
        return roots;
    }

    private static double coefficient(Map<String, Double> a, Map<String, Double> b) {
        Map<String, Double> small = a.size() <= b.size() ? a : b;
        Map<String, Double> large = small == a ? b : a;
        double sum = 0;
        for (Map.Entry<String, Double> call : small.entrySet()) {
            Double other = large.get(call.getKey());
            if (other != null) {
                sum += call.getValue() * other;
            }
        }
        return sum;
    }

    @Override
    public double raw(Input input) {
        if (input.behaviour().totalCalls() == 0 || prototypes.isEmpty()) {
            return Double.NaN;
        }
        Map<String, Double> roots = roots(input.behaviour());
        return 1 - coefficient(roots, nearest(roots));
    }

    private Map<String, Double> nearest(Map<String, Double> roots) {
        Map<String, Double> nearest = prototypes.get(0);
        double most = -1;
        for (Map<String, Double> prototype : prototypes) {
            double coefficient = coefficient(roots, prototype);
            if (coefficient > most) {
                most = coefficient;
                nearest = prototype;
            }
        }
        return nearest;
    }

    /** The calls whose shares differ most from the nearest histogram's. */
    @Override
    public List<Contribution> explain(Input input, int most) {
        Map<String, Double> roots = roots(input.behaviour());
        if (roots.isEmpty() || prototypes.isEmpty()) {
            return List.of();
        }
        Map<String, Double> nearest = nearest(roots);
        Map<String, Double> parts = new TreeMap<>();
        double all = 0;
        for (Map<String, Double> side : List.of(roots, nearest)) {
            for (String call : side.keySet()) {
                double difference = roots.getOrDefault(call, 0.0) - nearest.getOrDefault(call, 0.0);
                parts.put(call, difference * difference);
            }
        }
        for (double part : parts.values()) {
            all += part;
        }
        double total = Math.max(all, 1e-12);
        return parts.entrySet().stream().sorted((a, b) -> Double.compare(b.getValue(), a.getValue())).limit(most)
                .filter(part -> part.getValue() > 0)
                .map(part -> {
                    String value = share(roots, part.getKey());
                    String usual = share(nearest, part.getKey());
                    return new Contribution("share." + part.getKey(), value, usual, part.getValue() / total,
                            part.getKey() + " is " + value + " of the system calls, in the most similar known window "
                                    + usual);
                }).toList();
    }

    private static String share(Map<String, Double> roots, String call) {
        double root = roots.getOrDefault(call, 0.0);
        return String.format(Locale.ROOT, "%.2f %%", 100 * root * root);
    }

    /** As {@link #read} takes it. */
    public byte[] payload() {
        return Payload.write(out -> {
            Payload.writeNumber(out, prototypes.size());
            for (Map<String, Double> prototype : prototypes) {
                Payload.writeNumber(out, prototype.size());
                for (Map.Entry<String, Double> call : new TreeMap<>(prototype).entrySet()) {
                    out.writeUTF(call.getKey());
                    out.writeFloat(call.getValue().floatValue());
                }
            }
        });
    }

    /** @throws ModelException when the bytes are no such member */
    public static HistogramMember read(byte[] payload) throws ModelException {
        return Payload.read(KIND, payload, in -> {
            int count = Payload.readNumber(in, "histograms", MOST_PROTOTYPES);
            List<Map<String, Double>> prototypes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int calls = Payload.readNumber(in, "calls of a histogram", MOST_CALLS);
                Map<String, Double> prototype = new HashMap<>();
                for (int j = 0; j < calls; j++) {
                    String call = in.readUTF();
                    double root = in.readFloat();
                    if (!(root >= 0 && root <= 1.0001)) {
                        throw new ModelException("a histogram has a share of " + root);
                    }
                    prototype.put(call, root);
                }
                prototypes.add(prototype);
            }
            return new HistogramMember(prototypes);
        });
    }
}
