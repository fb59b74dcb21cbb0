package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventView;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** How a field is read from an event. Its kind decides which operators suit and what literals look like. */
public sealed interface FieldValue {
    /** What a number is when the event has none. */
    long MISSING = Long.MIN_VALUE;

    /** As it stands in an output; null when the event has none. */
    String text(EventView event);

    @FunctionalInterface
    non-sealed interface Text extends FieldValue {}

    @FunctionalInterface
    non-sealed interface Number extends FieldValue {
        /** {@link #MISSING} when the event has none. */
        long number(EventView event);

        @Override
        default String text(EventView event) {
            long number = number(event);
            return number == MISSING ? null : Long.toString(number);
        }
    }

    /** A number of which most rules want to know only whether it is below 0. */
    interface Signed extends Number {
        /** -1: below 0; 1: not below 0; 0: the event has none. */
        int sign(EventView event);

        static Signed of(Number number, ToIntFunction<EventView> sign) {
            return new Signed() {
                @Override
                public long number(EventView event) {
                    return number.number(event);
                }

                @Override
                public int sign(EventView event) {
                    return sign.applyAsInt(event);
                }
            };
        }
    }

    /** A number of which most rules want to know only whether it is 1. */
    interface Ordinal extends Number {
        boolean isFirst(EventView event);

        static Ordinal of(Number number, Predicate<EventView> first) {
            return new Ordinal() {
                @Override
                public long number(EventView event) {
                    return number.number(event);
                }

                @Override
                public boolean isFirst(EventView event) {
                    return first.test(event);
                }
            };
        }
    }

    /** A number that is 0 or 1, written false or true. */
    @FunctionalInterface
    interface Flag extends Number {
        @Override
        default String text(EventView event) {
            long number = number(event);
            return number == MISSING ? null : number == 0 ? "false" : "true";
        }

        static long of(boolean value) {
            return value ? 1 : 0;
        }
    }

    /** An IP address; compares with addresses and with networks in CIDR notation. */
    @FunctionalInterface
    non-sealed interface Address extends FieldValue {}

    /** Several strings at once, as the names of all ancestors: a check is true when it is true of any of them. */
    interface ManyTexts {
        boolean any(EventView event, Predicate<String> test);
    }

    /** @param joined how they stand in an output, null when there are none */
    record Many(ManyTexts texts, Function<EventView, String> joined) implements FieldValue {
        @Override
        public String text(EventView event) {
            return joined.apply(event);
        }
    }

    /** The name of the system call behind the event. One kind of event can stand for several system calls. */
    record EventName() implements FieldValue {
        @Override
        public String text(EventView event) {
            return event.name();
        }
    }

    /** A field that Falco has and whose value no sensor of ours provides yet: never there. */
    record Unsourced() implements FieldValue {
        @Override
        public String text(EventView event) {
            return null;
        }
    }

    /** Null for an empty string: what an event does not know is empty. */
    static String orNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** Strings joined by blanks, from an index on; empty when there are none. */
    static String joined(List<String> strings, int from) {
        return strings.size() <= from ? "" : String.join(" ", strings.subList(from, strings.size()));
    }
}
