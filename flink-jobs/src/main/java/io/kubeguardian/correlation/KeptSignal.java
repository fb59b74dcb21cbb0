package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import java.util.Comparator;
import java.util.List;

/** A signal of an entity. Flink POJO. */
public final class KeptSignal {
    /** Within one millisecond of Flink's event time the sensor's nanoseconds decide. */
    static final Comparator<KeptSignal> ORDER = Comparator.<KeptSignal>comparingLong(kept -> kept.time)
            .thenComparingLong(kept -> kept.signal.getEventTime())
            .thenComparing(kept -> kept.signal.getId());

    /** Event time as the operators have it, milliseconds. */
    public long time;
    public Signal signal;
    /** Of the match of another pattern: the signals behind it. Null: it is a signal itself. */
    public List<Signal> evidence;
    /** Of the pattern set that sent it here. */
    public long version;

    public KeptSignal() {}

    KeptSignal(long time, Signal signal, List<Signal> evidence, long version) {
        this.time = time;
        this.signal = signal;
        this.evidence = evidence;
        this.version = version;
    }

    List<Signal> signals() {
        return evidence == null ? List.of(signal) : evidence;
    }
}
