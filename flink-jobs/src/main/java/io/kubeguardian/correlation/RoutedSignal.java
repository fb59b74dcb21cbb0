package io.kubeguardian.correlation;

import io.kubeguardian.schema.Signal;
import java.util.List;

/** A signal on its way to an entity. Flink POJO. */
public final class RoutedSignal {
    /** The entity. */
    public String key = "";
    /** Id of the scope. */
    public String scope = "";
    /** Of the pattern set that sent it. */
    public long version;
    public Signal signal;
    /** Of the match of another pattern: the signals behind it. Null: it is a signal itself. */
    public List<Signal> evidence;

    public RoutedSignal() {}

    RoutedSignal(String key, String scope, long version, Signal signal, List<Signal> evidence) {
        this.key = key;
        this.scope = scope;
        this.version = version;
        this.signal = signal;
        this.evidence = evidence;
    }
}
