package io.kubeguardian.rules.syntax;

import java.util.List;

/** A condition as it is written: macros, lists and fields are names still. */
public sealed interface Expression {
    record And(List<Expression> parts) implements Expression {}

    record Or(List<Expression> parts) implements Expression {}

    record Not(Expression part) implements Expression {}

    record Macro(String name, Place at) implements Expression {}

    record Exists(Operand operand, Place at) implements Expression {}

    /** @param quantifier ONE_VALUE unless the values are a list after anyof, oneof or allof */
    record Compare(Operand left, Operator operator, Quantifier quantifier, Right right, Place at)
            implements Expression {}

    enum Quantifier {
        ONE_VALUE,
        ANY_OF,
        ONE_OF,
        ALL_OF
    }

    /** What stands right of an operator. */
    sealed interface Right {
        /** Literals, among them names of lists; one literal for an operator that takes one. */
        record Values(List<Value> values) implements Right {}

        /** val(field) or a transformed field. */
        record Field(Operand operand) implements Right {}
    }

    /** A literal; only one without quotes can be the name of a list. */
    record Value(String text, boolean quoted, Place at) {}

    /** What stands left of an operator. */
    sealed interface Operand {
        /** @param argument text within the brackets, null without brackets */
        record Field(String name, String argument, Place at) implements Operand {}

        record Transformed(String transformer, Operand operand, Place at) implements Operand {}

        record Joined(String separator, List<Operand> parts, Place at) implements Operand {}

        /** Only within join. */
        record Literal(String text) implements Operand {}
    }
}
