package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.EventView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A condition ready to run: names are resolved, literals compiled. Immutable. A check of something that the event does
 * not have is false, so its {@code not} is true.
 */
public abstract class Condition {
    static final Condition TRUE = new Constant(true);
    static final Condition FALSE = new Constant(false);

    public abstract boolean test(EventView event);

    /**
     * What is left of the condition for one kind of event, where much is known beforehand: the kind itself, and which
     * fields cannot have a value.
     */
    public abstract Condition forType(EventType type);

    /** Rough cost of a test, see {@link StringTest#cost()}. */
    abstract int cost();

    /** Number of checks with all macros expanded. */
    public abstract int size();

    /** The parts that must all be true; itself when it is no conjunction. */
    List<Condition> conjuncts() {
        return List.of(this);
    }

    /** Whether it looks at nothing but the path of an open: the same path, the same answer. */
    boolean isOfPath() {
        return false;
    }

    /** The same with its largest parts that are of the path remembered. For events that are opens. */
    Condition remembering(Remembered.Ids ids) {
        return isOfPath() ? new Remembered(this, ids) : this;
    }

    public final boolean isNever() {
        return this == FALSE;
    }

    static Condition constant(boolean value) {
        return value ? TRUE : FALSE;
    }

    static Condition not(Condition part) {
        if (part instanceof Constant constant) {
            return constant(!constant.value);
        }
        return part instanceof Not not ? not.part : new Not(part);
    }

    static Condition and(List<Condition> parts) {
        return combine(parts, true);
    }

    static Condition or(List<Condition> parts) {
        return combine(parts, false);
    }

    /** Flattens, drops what changes nothing, merges checks of one field into one, puts parts that decide cheaply first. */
    private static Condition combine(List<Condition> parts, boolean all) {
        List<Condition> kept = new ArrayList<>();
        for (Condition part : parts) {
            if (part instanceof Constant constant) {
                if (constant.value != all) {
                    return part;
                }
            } else if (part instanceof Group group && group.all == all) {
                kept.addAll(List.of(group.parts));
            } else {
                kept.add(part);
            }
        }
        if (!all) {
            kept = TextCheck.merge(kept);
        }
        if (kept.isEmpty()) {
            return constant(all);
        }
        if (kept.size() == 1) {
            return kept.get(0);
        }
        kept.sort(Comparator.comparingLong(all ? Condition::costToRefuse : Condition::cost));
        return new Group(kept.toArray(Condition[]::new), all);
    }

    /**
     * What it costs until an event is refused: rules say what they are about, and then what they are not about, which
     * is true of most events and so refuses few.
     */
    private long costToRefuse() {
        return this instanceof Not ? 10L * cost() : cost();
    }

    /** Adds without overflowing: a size only ever says "too big". */
    static int saturated(long value) {
        return (int) Math.min(Integer.MAX_VALUE, value);
    }

    private static final class Constant extends Condition {
        private final boolean value;

        Constant(boolean value) {
            this.value = value;
        }

        @Override
        public boolean test(EventView event) {
            return value;
        }

        @Override
        public Condition forType(EventType type) {
            return this;
        }

        @Override
        int cost() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    private static final class Not extends Condition {
        private final Condition part;

        Not(Condition part) {
            this.part = part;
        }

        @Override
        public boolean test(EventView event) {
            return !part.test(event);
        }

        @Override
        public Condition forType(EventType type) {
            Condition typed = part.forType(type);
            // The same object where it can be: what several rules take from one macro is tested once.
            return typed == part ? this : not(typed);
        }

        @Override
        boolean isOfPath() {
            return part.isOfPath();
        }

        @Override
        Condition remembering(Remembered.Ids ids) {
            return isOfPath() ? new Remembered(this, ids) : not(part.remembering(ids));
        }

        @Override
        int cost() {
            return part.cost();
        }

        @Override
        public int size() {
            return part.size();
        }
    }

    /** and, or. */
    private static final class Group extends Condition {
        private final Condition[] parts;
        private final boolean all;
        private final int cost;
        private final int size;

        Group(Condition[] parts, boolean all) {
            this.parts = parts;
            this.all = all;
            long costs = 0;
            long sizes = 0;
            for (Condition part : parts) {
                costs += part.cost();
                sizes += part.size();
            }
            cost = saturated(costs);
            size = saturated(sizes);
        }

        @Override
        public boolean test(EventView event) {
            for (Condition part : parts) {
                if (part.test(event) != all) {
                    return !all;
                }
            }
            return all;
        }

        @Override
        List<Condition> conjuncts() {
            return all ? List.of(parts) : List.of(this);
        }

        @Override
        public Condition forType(EventType type) {
            List<Condition> specialised = new ArrayList<>(parts.length);
            for (Condition part : parts) {
                specialised.add(part.forType(type));
            }
            return combine(specialised, all);
        }

        @Override
        boolean isOfPath() {
            for (Condition part : parts) {
                if (!part.isOfPath()) {
                    return false;
                }
            }
            return true;
        }

        /** All that is of the path is one part, and the first: it costs a bit. */
        @Override
        Condition remembering(Remembered.Ids ids) {
            if (isOfPath()) {
                return new Remembered(this, ids);
            }
            List<Condition> ofPath = new ArrayList<>();
            List<Condition> others = new ArrayList<>();
            for (Condition part : parts) {
                if (part.isOfPath()) {
                    ofPath.add(part);
                } else {
                    others.add(part.remembering(ids));
                }
            }
            if (!ofPath.isEmpty()) {
                others.add(0, new Remembered(
                        ofPath.size() == 1 ? ofPath.get(0) : new Group(ofPath.toArray(Condition[]::new), all), ids));
            }
            return new Group(others.toArray(Condition[]::new), all);
        }

        @Override
        int cost() {
            return cost;
        }

        @Override
        public int size() {
            return size;
        }
    }
}
