package io.kubeguardian.policy.user;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The operators of the short form. A negated one also holds for a field that is absent; the others do not. */
enum Operator {
    EQUALS("equals", false, Takes.SCALAR),
    NOT_EQUALS("notEquals", true, Takes.SCALAR),
    IN("in", false, Takes.LIST),
    NOT_IN("notIn", true, Takes.LIST),
    CONTAINS("contains", false, Takes.SCALAR),
    NOT_CONTAINS("notContains", true, Takes.SCALAR),
    STARTS_WITH("startsWith", false, Takes.TEXT),
    ENDS_WITH("endsWith", false, Takes.TEXT),
    MATCHES("matches", false, Takes.TEXT),
    NOT_MATCHES("notMatches", true, Takes.TEXT),
    EXISTS("exists", false, Takes.NOTHING),
    NOT_EXISTS("notExists", true, Takes.NOTHING),
    GREATER_THAN("greaterThan", false, Takes.AMOUNT),
    GREATER_OR_EQUAL("greaterOrEqual", false, Takes.AMOUNT),
    LESS_THAN("lessThan", false, Takes.AMOUNT),
    LESS_OR_EQUAL("lessOrEqual", false, Takes.AMOUNT);

    /** What the {@code value} beside an operator must be. AMOUNT: a number, or a quantity such as 500m. */
    enum Takes { NOTHING, SCALAR, TEXT, LIST, AMOUNT }

    private final String label;
    private final boolean holdsForAbsent;
    private final Takes takes;

    Operator(String label, boolean holdsForAbsent, Takes takes) {
        this.label = label;
        this.holdsForAbsent = holdsForAbsent;
        this.takes = takes;
    }

    String label() {
        return label;
    }

    boolean holdsForAbsent() {
        return holdsForAbsent;
    }

    Takes takes() {
        return takes;
    }

    /** By its name, however it is capitalised and divided ({@code not_equals}, {@code NotEquals}), or its symbol. */
    static Optional<Operator> named(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[_ -]", "");
        return switch (plain) {
            case "==", "=", "eq" -> Optional.of(EQUALS);
            case "!=", "ne", "neq" -> Optional.of(NOT_EQUALS);
            case ">", "gt" -> Optional.of(GREATER_THAN);
            case ">=", "gte", "greaterthanorequal" -> Optional.of(GREATER_OR_EQUAL);
            case "<", "lt" -> Optional.of(LESS_THAN);
            case "<=", "lte", "lessthanorequal" -> Optional.of(LESS_OR_EQUAL);
            case "regex" -> Optional.of(MATCHES);
            case "absent", "doesnotexist" -> Optional.of(NOT_EXISTS);
            default -> Arrays.stream(values())
                    .filter(operator -> operator.label.toLowerCase(Locale.ROOT).equals(plain)).findFirst();
        };
    }

    static String all() {
        return Arrays.stream(values()).map(Operator::label).collect(Collectors.joining(", "));
    }
}
