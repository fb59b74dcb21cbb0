package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.Set;

/** One comparison. Never true for kinds of events in which its fields have no value. */
abstract class Check extends Condition {
    private final Set<EventType> types;

    Check(Set<EventType> types) {
        this.types = types;
    }

    @Override
    public Condition forType(EventType type) {
        return types.contains(type) ? this : FALSE;
    }

    final Set<EventType> types() {
        return types;
    }

    @Override
    int cost() {
        return 1;
    }

    @Override
    public int size() {
        return 1;
    }

    /** A check that is one short expression. */
    @FunctionalInterface
    interface Test {
        boolean test(EventView event);
    }

    static Check of(Set<EventType> types, int cost, Test test) {
        return new Check(types) {
            @Override
            public boolean test(EventView event) {
                return test.test(event);
            }

            @Override
            int cost() {
                return cost;
            }
        };
    }
}
