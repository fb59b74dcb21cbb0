package io.kubeguardian.correlation;

import java.util.Arrays;
import java.util.List;

/** How the signals of a pattern belong together: Sigma's types, and one of our own for absence. */
public enum CorrelationType {
    EVENT_COUNT("event_count"),
    VALUE_COUNT("value_count"),
    TEMPORAL("temporal"),
    TEMPORAL_ORDERED("temporal_ordered"),
    /** Ours: all rules but the last in their order, and then not the last, within the timespan from the first. */
    NOT_FOLLOWED_BY("not_followed_by");

    private final String name;

    CorrelationType(String name) {
        this.name = name;
    }

    /** As pattern files write it. */
    public String text() {
        return name;
    }

    /** Whether the order of the signals matters: these are Flink CEP's. */
    boolean isOrdered() {
        return this == TEMPORAL_ORDERED || this == NOT_FOLLOWED_BY;
    }

    boolean isCount() {
        return this == EVENT_COUNT || this == VALUE_COUNT;
    }

    /** Null when there is none of that name. */
    static CorrelationType of(String name) {
        return Arrays.stream(values()).filter(type -> type.name.equals(name)).findFirst().orElse(null);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(CorrelationType::text).toList();
    }
}
