package io.kubeguardian.rules.field;

import io.kubeguardian.rules.EventType;
import java.util.Set;
import java.util.function.Function;

/**
 * A field of the rules language.
 *
 * @param name without argument
 * @param types kinds of events in which it can have a value; empty when no sensor provides it yet
 * @param argument what may stand in brackets
 * @param reader makes the reader for an argument (null without one); refuses an unusable one with an
 *     IllegalArgumentException whose message is for the rule's author
 */
public record Field(String name, Set<EventType> types, Argument argument, Function<String, FieldValue> reader) {
    /** What may stand in brackets after a field. */
    public enum Argument {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    public boolean isSourced() {
        return !types.isEmpty();
    }

    /** @throws IllegalArgumentException when the argument is missing, superfluous or unusable */
    public FieldValue read(String value) {
        if (value == null && argument == Argument.REQUIRED) {
            throw new IllegalArgumentException("field " + name + " needs an argument: " + name + "[…]");
        }
        if (value != null && argument == Argument.NONE) {
            throw new IllegalArgumentException("field " + name + " takes no argument");
        }
        return reader.apply(value);
    }
}
