package io.kubeguardian.rules.syntax;

import java.util.HashMap;
import java.util.Map;

/** The operators that compare; {@code exists} stands apart, it takes no value. */
public enum Operator {
    EQ("="),
    NE("!="),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">="),
    CONTAINS("contains"),
    ICONTAINS("icontains"),
    BCONTAINS("bcontains"),
    STARTSWITH("startswith"),
    BSTARTSWITH("bstartswith"),
    ENDSWITH("endswith"),
    GLOB("glob"),
    IGLOB("iglob"),
    REGEX("regex"),
    IN("in"),
    INTERSECTS("intersects"),
    PMATCH("pmatch");

    private static final Map<String, Operator> BY_TEXT = new HashMap<>();

    static {
        for (Operator operator : values()) {
            BY_TEXT.put(operator.text, operator);
        }
        BY_TEXT.put("==", EQ);
    }

    private final String text;

    Operator(String text) {
        this.text = text;
    }

    /** As it is written in a condition. */
    public String text() {
        return text;
    }

    public boolean takesList() {
        return this == IN || this == INTERSECTS || this == PMATCH;
    }

    /** Less, greater and their kin. */
    public boolean isOrder() {
        return this == LT || this == LE || this == GT || this == GE;
    }

    /** Null when there is no such operator. */
    public static Operator of(String text) {
        return BY_TEXT.get(text);
    }
}
