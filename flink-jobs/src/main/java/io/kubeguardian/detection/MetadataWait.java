package io.kubeguardian.detection;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;

/**
 * The records that wait until their pod's metadata has come, so that what they show has the pod's name. A pod waits once and
 * for a limited time; from then on it goes without. Of whatever pod is current.
 */
final class MetadataWait {
    /** Most records that wait for a pod's metadata. */
    static final int LIMIT = 512;

    private final ListState<RawRecord> waiting;
    private final long millis;
    private final boolean bounded;

    /**
     * @param millis how long a pod waits; 0: none does
     * @param bounded the input ends (a capture): it is waited in event time, else in processing time
     */
    MetadataWait(RuntimeContext runtime, long millis, boolean bounded) {
        this.waiting = runtime.getListState(new ListStateDescriptor<>("waiting", TypeInformation.of(RawRecord.class)));
        this.millis = millis;
        this.bounded = bounded;
    }

    /** Keeps a record of a pod that nobody has described. @return false: nothing of the pod waits any longer */
    boolean keep(RawRecord record, PodState pod, TimerService timers) throws Exception {
        if (pod.waitOver || pod.waiting >= LIMIT || millis <= 0) {
            pod.waitOver = true;
            return false;
        }
        waiting.add(record);
        pod.waiting++;
        if (pod.waitUntil == 0) {
            if (bounded) {
                pod.waitUntil = record.timestamp + millis;
                timers.registerEventTimeTimer(pod.waitUntil);
            } else {
                pod.waitUntil = timers.currentProcessingTime() + millis;
                timers.registerProcessingTimeTimer(pod.waitUntil);
            }
        }
        return true;
    }

    /** @return whether this timer ends the pod's wait: nothing of it waits any longer */
    boolean endedBy(PodState pod, TimeDomain domain, long timestamp) {
        boolean over = (domain == TimeDomain.EVENT_TIME) == bounded && pod.waitUntil != 0 && pod.waitUntil <= timestamp;
        pod.waitOver |= over;
        return over;
    }

    /** Takes out what waits, in the order in which it came. */
    List<RawRecord> take(PodState pod) throws Exception {
        if (pod.waiting == 0) {
            return List.of();
        }
        List<RawRecord> records = new ArrayList<>();
        waiting.get().forEach(records::add);
        waiting.clear();
        pod.waiting = 0;
        pod.waitUntil = 0;
        return records;
    }

    /** The pod is gone. */
    void clear() {
        waiting.clear();
    }
}
