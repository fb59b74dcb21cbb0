package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.field.FieldValue;
import java.util.Set;

/**
 * A field, with its argument and transformers, ready to be read.
 *
 * @param name as written; the same name reads the same value
 * @param types kinds of events in which it can have a value
 * @param cost rough cost of reading, see {@link StringTest#cost()}
 */
public record TypedOperand(String name, FieldValue value, Set<EventType> types, int cost) {}
