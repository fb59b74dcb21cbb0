package io.kubeguardian.detection;

import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Lets a rule speak once about the same thing (the process, or what the rule declares) within a while. What it holds back is
 * counted, and told by the next signal or, when none comes, at the end of that while.
 */
final class RepeatGuard {
    /** Where a rule does not say. */
    static final long WINDOW_NANOS = 5_000_000_000L;
    static final int LIMIT = 1024;

    /** A longer key goes into state as its hash: what a rule declares may be a command line. */
    private static final int MAX_KEY = 256;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final MapState<String, Repeat> repeats;
    private final DetectMetrics metrics;
    private String asked;
    private Repeat answer;

    RepeatGuard(MapState<String, Repeat> repeats, DetectMetrics metrics) {
        this.repeats = repeats;
        this.metrics = metrics;
    }

    static MapStateDescriptor<String, Repeat> descriptor() {
        return new MapStateDescriptor<>("repeats", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(Repeat.class));
    }

    /**
     * Held back since the last one that passed; -1: hold this one back too. One that passes must be given to {@link #passed}.
     */
    long held(String key, long time, PodState pod) throws Exception {
        asked = key.length() <= MAX_KEY ? key : Ids.of(key);
        answer = repeats.get(asked);
        if (answer == null) {
            return 0;
        }
        if (time < answer.until) {
            answer.count++;
            repeats.put(asked, answer);
            long tellAt = answer.until / NANOS_PER_MILLI + 1;
            if (pod.repeatsAt == 0 || tellAt < pod.repeatsAt) {
                pod.repeatsAt = tellAt;
            }
            metrics.repeats.inc();
            return -1;
        }
        return answer.count;
    }

    /** What was asked about last becomes a signal; the same is held back until {@code nanos} from its event. */
    void passed(Signal signal, long nanos, PodState pod) throws Exception {
        if (answer == null) {
            makeRoom(signal.getEventTime(), pod);
            pod.guarded++;
            answer = new Repeat();
        }
        answer.count = 0;
        answer.until = signal.getEventTime() + nanos;
        answer.signal = signal.getId();
        answer.rule = signal.getRule();
        answer.priority = signal.getPriority().name();
        answer.containerId = signal.getContainerId();
        repeats.put(asked, answer);
    }

    private void makeRoom(long time, PodState pod) throws Exception {
        if (pod.guarded >= LIMIT) {
            forget(time, pod);
        }
        if (pod.guarded >= LIMIT) {
            for (Repeat repeat : repeats.values()) {
                metrics.repeatsNotTold.inc(repeat.count);
            }
            repeats.clear(); // a repeat too many is better than a signal too few
            pod.guarded = 0;
            pod.repeatsAt = 0;
        }
    }

    /** What was held back and has no signal after it to tell it, as of {@code now} (event time, nanoseconds). */
    List<Repeat> over(long now, PodState pod) throws Exception {
        List<Repeat> over = new ArrayList<>();
        long next = Long.MAX_VALUE;
        for (Iterator<Map.Entry<String, Repeat>> all = repeats.iterator(); all.hasNext(); ) {
            Repeat repeat = all.next().getValue();
            if (repeat.count > 0 && repeat.until <= now) {
                over.add(repeat);
                all.remove();
                pod.guarded--;
            } else if (repeat.count > 0) {
                next = Math.min(next, repeat.until / NANOS_PER_MILLI + 1);
            }
        }
        pod.repeatsAt = next == Long.MAX_VALUE ? 0 : next;
        return over;
    }

    /** Drops what is over at {@code time} (event time, nanoseconds) and has nothing to tell. */
    void forget(long time, PodState pod) throws Exception {
        int kept = 0;
        for (Iterator<Map.Entry<String, Repeat>> all = repeats.iterator(); all.hasNext(); ) {
            Repeat repeat = all.next().getValue();
            if (repeat.until <= time && repeat.count == 0) {
                all.remove();
            } else {
                kept++;
            }
        }
        if (kept == 0) {
            repeats.clear(); // on the heap an empty map would stay for every key there ever was
        }
        pod.guarded = kept;
    }

    /** The current key's pod is gone. */
    void clear() {
        repeats.clear();
    }
}
