package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.ObservedCalls;
import io.kubeguardian.baseline.ObservedItem;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.schema.Ids;
import io.kubeguardian.schema.Signal;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;

/**
 * Tells what a pod does outside its workload's runtime policy: each item of each program once in a while, and no more
 * than {@value #MOST_TOLD} different ones in it. What is remembered of that is the pod's keyed state.
 */
public final class PolicyWatch {
    /** Different breaches of one pod that are told; of further ones it is said once that there are more. */
    static final int MOST_TOLD = 200;

    /** As a drift: an attack that goes on after its containment is a story of its own. */
    private static final long MOST_SILENCE_SECONDS = 900;
    private static final String FULL = "";

    private final long silenceNanos;
    private final MapState<String, Long> told;
    private final Counter breaches;
    private final Counter repeats;
    private final Counter notTold;

    public PolicyWatch(
            DetectionSettings settings, RuntimeContext runtime, Counter breaches, Counter repeats, Counter notTold) {
        silenceNanos = Math.min(settings.containSeconds(), MOST_SILENCE_SECONDS) * 1_000_000_000L;
        told = runtime.getMapState(new MapStateDescriptor<>(
                "policy-breaches", BasicTypeInfo.STRING_TYPE_INFO, BasicTypeInfo.LONG_TYPE_INFO));
        this.breaches = breaches;
        this.repeats = repeats;
        this.notTold = notTold;
    }

    /** @param observation whose items were judged by {@code allowance} as they were observed */
    public void judge(Observation observation, WorkloadAllowance allowance, Collector<Signal> out) throws Exception {
        for (ObservedItem item : observation.items) {
            if (item.outside) {
                breach(observation, item, allowance, out);
            }
        }
        for (ObservedCalls calls : observation.calls) {
            for (String name : calls.names) {
                if (!allowance.allows(ItemKind.SYSCALL, name, "", "")) {
                    breach(observation, calls.call(name), allowance, out);
                }
            }
        }
    }

    private void breach(Observation observation, ObservedItem item, WorkloadAllowance allowance, Collector<Signal> out)
            throws Exception {
        String program = item.process < 0 ? "" : observation.processes.get(item.process).process.getExe();
        String key = Ids.of(allowance.digest(), item.kind, item.item, program);
        if (isSilent(key, item.time)) {
            repeats.inc();
        } else if (live(item.time) < MOST_TOLD) {
            told.put(key, item.time);
            breaches.inc();
            out.collect(PolicySignals.breach(observation, item, allowance));
        } else {
            notTold.inc();
            if (!isSilent(FULL, item.time)) {
                told.put(FULL, item.time);
                out.collect(PolicySignals.tooMany(observation, item, allowance, MOST_TOLD, silenceNanos / 1_000_000_000L));
            }
        }
    }

    private boolean isSilent(String key, long time) throws Exception {
        Long before = told.get(key);
        return before != null && time - before < silenceNanos;
    }

    /** How many are told of late; older ones are forgotten. */
    private int live(long time) throws Exception {
        int live = 0;
        for (Iterator<Map.Entry<String, Long>> all = told.iterator(); all.hasNext(); ) {
            Map.Entry<String, Long> entry = all.next();
            if (time - entry.getValue() >= silenceNanos) {
                all.remove();
            } else if (!entry.getKey().equals(FULL)) {
                live++;
            }
        }
        return live;
    }

    /** The current key's pod is gone. */
    public void clear() {
        told.clear();
    }
}
