package io.kubeguardian.detection;

import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Lets a rule speak once about a process within a few seconds; what it holds back is counted and told next time. */
final class RepeatGuard {
    static final long WINDOW_NANOS = 5_000_000_000L;
    static final int LIMIT = 1024;

    private final MapState<String, Repeat> repeats;

    RepeatGuard(MapState<String, Repeat> repeats) {
        this.repeats = repeats;
    }

    static MapStateDescriptor<String, Repeat> descriptor() {
        return new MapStateDescriptor<>("repeats", BasicTypeInfo.STRING_TYPE_INFO, TypeInformation.of(Repeat.class));
    }

    /** Held back since the last one that passed; -1: hold this one back too. */
    long pass(String key, long time, PodState pod) throws Exception {
        Repeat repeat = repeats.get(key);
        if (repeat == null) {
            repeat = new Repeat();
            if (pod.guarded >= LIMIT) {
                forget(time, pod);
            }
            if (pod.guarded >= LIMIT) {
                repeats.clear(); // a repeat too many is better than a signal too few
                pod.guarded = 0;
            }
            pod.guarded++;
        } else if (time < repeat.until) {
            repeat.count++;
            repeats.put(key, repeat);
            return -1;
        }
        long held = repeat.count;
        repeat.count = 0;
        repeat.until = time + WINDOW_NANOS;
        repeats.put(key, repeat);
        return held;
    }

    /** Drops what is over at {@code time} (event time, nanoseconds). */
    void forget(long time, PodState pod) throws Exception {
        int kept = 0;
        for (Iterator<Map.Entry<String, Repeat>> all = repeats.iterator(); all.hasNext(); ) {
            if (all.next().getValue().until <= time) {
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
}
