package io.kubeguardian.baseline;

import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Says how rare a drift is: in its workload, in its image, in the whole fleet. Keyed by item; the number of all pods is
 * broadcast, so that each subtask knows it. Counts are of pods, of this week and the last.
 */
public final class FleetFunction extends KeyedBroadcastProcessFunction<String, Sighting, PodSeen, Signal> {
    private static final long serialVersionUID = 1L;

    /** Pods in all, by scope. */
    public static final MapStateDescriptor<String, PodSet> PODS =
            new MapStateDescriptor<>("pods", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(PodSet.class));

    private static final String FLEET = "";
    private static final int MOST_SCOPES = 20_000;
    /** Per item: of more workloads and images it is only counted in the fleet. */
    private static final int MOST_SCOPES_OF_ITEM = 64;
    /** An item that nobody showed for so long is forgotten. */
    private static final Duration FORGET = Duration.ofDays(30);

    private transient MapState<String, PodSet> seen;
    private transient Counter uncounted;
    /** Scopes in the broadcast state; -1: not counted yet. */
    private transient int scopes;

    private enum Scope {
        WORKLOAD("workload", 0.4), IMAGE("image", 0.2), FLEET("fleet", 0.4);

        private final String word;
        private final double weight;

        Scope(String word, double weight) {
            this.word = word;
            this.weight = weight;
        }

        private String key(String workload, String image) {
            return switch (this) {
                case WORKLOAD -> "w:" + workload;
                case IMAGE -> "i:" + image;
                case FLEET -> FleetFunction.FLEET;
            };
        }
    }

    @Override
    public void open(OpenContext context) {
        MapStateDescriptor<String, PodSet> descriptor = new MapStateDescriptor<>(
                "seen", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(PodSet.class));
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(FORGET).build());
        seen = getRuntimeContext().getMapState(descriptor);
        scopes = -1;
        uncounted = getRuntimeContext().getMetricGroup().counter("scopesNotCounted");
    }

    @Override
    public void processBroadcastElement(PodSeen pod, Context context, Collector<Signal> out) throws Exception {
        BroadcastState<String, PodSet> pods = context.getBroadcastState(PODS);
        for (Scope scope : Scope.values()) {
            String key = scope.key(pod.workload, pod.image);
            PodSet known = pods.get(key);
            if (known == null) {
                if (scopes < 0) {
                    scopes = size(pods);
                }
                if (scopes >= MOST_SCOPES && scope != Scope.FLEET) {
                    uncounted.inc();
                    continue;
                }
                scopes++;
                known = new PodSet();
            }
            known.add(pod.pod, pod.time);
            pods.put(key, known);
        }
    }

    private static int size(BroadcastState<String, PodSet> pods) throws Exception {
        int size = 0;
        for (Object ignored : pods.immutableEntries()) {
            size++;
        }
        return size;
    }

    @Override
    public void processElement(Sighting sighting, ReadOnlyContext context, Collector<Signal> out) throws Exception {
        Map<Scope, Long> counts = new HashMap<>();
        for (Scope scope : Scope.values()) {
            counts.put(scope, count(scope.key(sighting.workload, sighting.image), sighting));
        }
        if (sighting.signal != null) {
            if (sighting.signal.getKind() == SignalKind.DRIFT && sighting.signal.getScore() == 0) {
                rarity(sighting, counts, context.getBroadcastState(PODS));
            }
            out.collect(sighting.signal);
        }
    }

    private long count(String key, Sighting sighting) throws Exception {
        PodSet pods = seen.get(key);
        if (pods == null) {
            pods = new PodSet();
            if (!key.equals(FLEET) && !hasRoom()) {
                uncounted.inc();
                return 1;
            }
        }
        if (pods.add(sighting.pod, sighting.time)) {
            seen.put(key, pods);
        }
        return sighting.signal == null ? 0 : Math.max(1, pods.count());
    }

    private boolean hasRoom() throws Exception {
        int size = 0;
        for (String ignored : seen.keys()) {
            size++;
        }
        return size < MOST_SCOPES_OF_ITEM;
    }

    private static void rarity(
            Sighting sighting, Map<Scope, Long> counts, ReadOnlyBroadcastState<String, PodSet> pods) throws Exception {
        Signal signal = sighting.signal;
        double score = 0;
        List<Contribution> contributions = new ArrayList<>();
        List<String> words = new ArrayList<>();
        Map<String, String> fields = new HashMap<>(signal.getOutputFields());
        for (Scope scope : Scope.values()) {
            long with = counts.get(scope);
            PodSet known = pods.get(scope.key(sighting.workload, sighting.image));
            // Sketches estimate each number for itself, and who drifts may not have been counted yet.
            long all = Math.max(known == null ? 1 : known.count(), with);
            // Of the others: that the pod which drifts has it says nothing.
            double rare = all == 1 ? 1 : (double) (all - with) / (all - 1);
            score += scope.weight * rare;
            String of = String.format(Locale.ROOT, "%,d of %,d pods", with, all);
            contributions.add(new Contribution(scope.word, of, "", scope.weight * rare,
                    "seen on " + of + " of the " + scope.word));
            words.add(String.format(Locale.ROOT, "%,d of %,d of the %s", with, all, scope.word));
            fields.put("kubeguardian.rarity." + scope.word, of);
        }
        contributions.sort((a, b) -> Double.compare(b.getWeight(), a.getWeight()));
        signal.setScore(Math.min(1, score));
        signal.setContributions(contributions);
        signal.setOutputFields(fields);
        signal.setOutput(signal.getOutput() + "; seen on " + words.get(0).replace(" of the", " pods of the") + ", "
                + words.get(1) + ", " + words.get(2));
    }
}
