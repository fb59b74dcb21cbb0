package io.kubeguardian.baseline;

import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the signals about a workload's baseline. How rare a drift is is added by {@link FleetFunction}. */
final class DriftSignals {
    private DriftSignals() {}

    /** @param since when the workload showed it first, nanoseconds since the Unix epoch */
    static Signal drift(Observation observation, ObservedItem item, ItemKind kind, ImageBaseline image, long since) {
        Signal signal = about(observation, item, "drift." + kind.word());
        signal.setKind(SignalKind.DRIFT);
        signal.setPriority(priority(kind));
        signal.setTechniques(new ArrayList<>(ItemSignals.techniques(kind)));
        int known = image.learned.getOrDefault(kind.word(), 0);
        String ready = time(image.readySince);
        String first = since == item.time ? "first seen now" : "first seen " + time(since);
        signal.setOutput(signal.getWorkload().getName() + ' ' + words(kind) + " while its baseline was learned: "
                + signal.getOutputFields().get("kubeguardian.item") + " (baseline ready since " + ready + ", " + known
                + " known " + kind.word() + " items); " + first);
        Map<String, String> fields = signal.getOutputFields();
        fields.put("kubeguardian.baseline.ready_since", ready);
        fields.put("kubeguardian.baseline.items", Integer.toString(known));
        fields.put("kubeguardian.drift.since", time(since));
        return signal;
    }

    /** A kind has more items than there is room for. */
    static Signal saturated(
            Observation observation, ObservedItem item, ItemKind kind, ImageBaseline image, int limit) {
        return gap(observation, item, kind, image, "The baseline of " + observation.workload.getName()
                + " is saturated: more than " + (limit + CountMin.MOST) + " different " + kind.word()
                + " items while learning; drift of this kind is not judged");
    }

    /** There are more drifts of a kind than are told. */
    static Signal tooMany(
            Observation observation, ObservedItem item, ItemKind kind, ImageBaseline image, int limit, long seconds) {
        return gap(observation, item, kind, image, observation.workload.getName() + " drifts too much: more than "
                + limit + " different " + kind.word() + " items outside its baseline within " + seconds
                + " s; further ones are not told until then");
    }

    private static Signal gap(
            Observation observation, ObservedItem item, ItemKind kind, ImageBaseline image, String output) {
        Signal signal = about(observation, item, "gap.baseline");
        signal.setId(Ids.of("gap.baseline", observation.key, image.image, kind.word(), item.time));
        signal.setKind(SignalKind.GAP);
        signal.setPriority(Priority.NOTICE);
        signal.setOutput(output);
        signal.getOutputFields().put("kubeguardian.baseline.state", image.phase().name().toLowerCase(Locale.ROOT));
        return signal;
    }

    /**
     * Something happened more often in an hour than its bound.
     *
     * @param hour since the Unix epoch
     * @param readySince when the workload's baseline became ready, nanoseconds since the Unix epoch
     */
    static Signal rate(
            Observation observation, Activity activity, long count, double usual, double bound, long hour,
            int hoursLearned, long readySince) {
        Signal signal = ItemSignals.empty(observation, observation.time);
        String item = activity.word();
        signal.setId(Ids.of("drift.rate", observation.key, item, hour));
        signal.setRule("drift.rate");
        signal.setKind(SignalKind.DRIFT);
        signal.setPriority(Priority.INFORMATIONAL);
        String begin = Instant.ofEpochMilli(hour * RateModel.HOUR_MILLIS).toString();
        String numbers = String.format(Locale.ROOT, "%,d %s in the hour that begins %s", count, item, begin);
        String ready = time(readySince);
        signal.setOutput(String.format(Locale.ROOT,
                "%s: %s, more than its bound of %,.0f (usual: %,.0f; learned from %d hours; baseline ready since %s)",
                observation.workload.getName(), numbers, bound, usual, hoursLearned, ready));
        signal.setScore(Math.max(0.01, 1 - bound / count));
        signal.setContributions(List.of(new Contribution("rate." + item, Long.toString(count),
                String.format(Locale.ROOT, "%.0f", usual), 1.0, numbers)));
        signal.setOutputFields(new HashMap<>(Map.of("kubeguardian.item", item, "kubeguardian.kind", "rate",
                "kubeguardian.rate.bound", String.format(Locale.ROOT, "%.0f", bound),
                "kubeguardian.baseline.state", "ready", "kubeguardian.baseline.ready_since", ready,
                "kubeguardian.drift.since", begin)));
        return signal;
    }

    private static Signal about(Observation observation, ObservedItem item, String rule) {
        Signal signal = ItemSignals.about(observation, item, rule);
        signal.getOutputFields().put("kubeguardian.baseline.state", "ready");
        signal.getOutputFields().put("kubeguardian.baseline.image", item.image);
        return signal;
    }

    static String time(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000L).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Programs, destinations, ports, users and capabilities change seldom; of the rest there is more. */
    private static Priority priority(ItemKind kind) {
        return switch (kind) {
            case EXEC, CONNECT, LISTEN, USER, CAPABILITY -> Priority.NOTICE;
            default -> Priority.INFORMATIONAL;
        };
    }

    private static String words(ItemKind kind) {
        return switch (kind) {
            case EXEC -> "used a program that it never ran";
            case PARENT -> "ran a program from one that never did so";
            case ARGS -> "ran a program with arguments of a shape that it never used";
            case FILE -> "used a file as it never did";
            case CONNECT -> "used a destination that it never had";
            case LISTEN -> "listens on a port that it never used";
            case DNS -> "asked for a name that it never asked for";
            case USER -> "acted as a user that it never was";
            case CAPABILITY -> "used a capability that it never used";
            case SYSCALL -> "made a system call that it never made";
            case RATE -> "did something more often than ever";
        };
    }
}
