package io.kubeguardian.schema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which events of one batch are precious though most of their kind are bulk. Not part of the batch: it is of use to its
 * sender alone.
 */
public final class PreciousMask {
    /** No exceptions. */
    public static final PreciousMask NONE = new PreciousMask(Map.of());

    /** By position in the batch's array of the kind. */
    private final Map<EventKind<?>, BitSet> positions;

    private PreciousMask(Map<EventKind<?>, BitSet> positions) {
        this.positions = positions;
    }

    static PreciousMask of(Map<EventKind<?>, BitSet> positions) {
        return positions.isEmpty() ? NONE : new PreciousMask(new HashMap<>(positions));
    }

    /** How many of these events are precious. */
    int precious(EventKind<?> kind, int events) {
        if (!EventKind.BULK.contains(kind)) {
            return events;
        }
        BitSet exceptions = positions.get(kind);
        return exceptions == null ? 0 : exceptions.cardinality();
    }

    <T> List<T> preciousOf(EventKind<T> kind, List<T> events) {
        BitSet exceptions = positions.get(kind);
        List<T> precious = new ArrayList<>();
        if (exceptions != null) {
            exceptions.stream().mapToObj(events::get).forEach(precious::add);
        }
        return precious;
    }
}
