package io.kubeguardian.detection;

import io.kubeguardian.schema.Priority;
import java.util.List;
import java.util.Map;

/** A rule matched an event. Valid until {@link HitSink#hit} returns; texts are made when asked for. */
public interface Hit {
    String rule();

    Priority priority();

    /** As the rule has them. */
    List<String> tags();

    /** ATT&CK technique ids (T1059.004, …). */
    List<String> techniques();

    /** The rule's output, rendered. */
    String output();

    /** The fields named in the output, with their values. */
    Map<String, String> outputFields();

    /** What makes two hits of the rule one and the same; null: the process. */
    default String repeatKey() {
        return null;
    }

    /** For how long, seconds; 0: the usual time. */
    default int repeatSeconds() {
        return 0;
    }
}
