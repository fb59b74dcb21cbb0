package io.kubeguardian.detection;

import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.SignalKind;
import java.util.List;
import java.util.Map;

/** A rule matched an event. Valid until {@link HitSink#hit} returns; texts are made when asked for. */
public interface Hit {
    /** What kind of signal it becomes. */
    default SignalKind kind() {
        return SignalKind.RULE;
    }

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

    /** How sure or unusual, 0 to 1; 0 also where there is no such measure. */
    default double score() {
        return 0;
    }

    /** What made the score, the heaviest first. */
    default List<Contribution> contributions() {
        return List.of();
    }

    /** For how long, seconds; 0: the usual time. */
    default int repeatSeconds() {
        return 0;
    }
}
