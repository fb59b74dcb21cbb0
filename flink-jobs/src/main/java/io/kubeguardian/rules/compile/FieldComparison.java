package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.field.FieldValue;
import io.kubeguardian.rules.syntax.Operator;
import io.kubeguardian.rules.syntax.Place;
import java.util.EnumSet;

/**
 * Compiles the comparison of two values of the same event, as in {@code proc.name = val(proc.pname)}.
 *
 * @param at where the comparison stands
 */
record FieldComparison(TypedOperand left, Operator operator, TypedOperand right, Place at) {
    /** @throws CompileException when the two are of different kinds, or the operator suits neither */
    Condition compile() {
        if (operator == Operator.REGEX || operator == Operator.BCONTAINS || operator == Operator.BSTARTSWITH) {
            throw ConditionCompiler.error(at, "operator " + operator.text() + " needs a literal on its right");
        }
        FieldValue a = left.value();
        FieldValue b = right.value();
        if (a instanceof FieldValue.Unsourced || b instanceof FieldValue.Unsourced) {
            return Condition.FALSE;
        }
        EnumSet<EventType> types = EnumSet.copyOf(left.types());
        types.retainAll(right.types());
        int cost = left.cost() + right.cost() + 2;
        if (a instanceof FieldValue.Number number && b instanceof FieldValue.Number other) {
            return numbers(types, cost, number, other);
        }
        if (a instanceof FieldValue.Number || b instanceof FieldValue.Number) {
            throw ConditionCompiler.error(at, left.name() + " and " + right.name() + " are of different kinds");
        }
        if (a instanceof FieldValue.Many many) {
            return Check.of(types, cost, event -> {
                String text = b.text(event);
                return text != null && many.texts().any(event, one -> StringTests.compare(operator, one, text));
            });
        }
        return Check.of(types, cost, event -> {
            String text = a.text(event);
            String other = text == null ? null : b.text(event);
            return other != null && StringTests.compare(operator, text, other);
        });
    }

    private Condition numbers(EnumSet<EventType> types, int cost, FieldValue.Number a, FieldValue.Number b) {
        if (!operator.isOrder() && operator != Operator.EQ && operator != Operator.NE && operator != Operator.IN
                && operator != Operator.INTERSECTS) {
            throw ConditionCompiler.error(at, "operator " + operator.text() + " does not suit numbers");
        }
        return Check.of(types, cost, event -> {
            long left = a.number(event);
            long right = b.number(event);
            return left != FieldValue.MISSING && right != FieldValue.MISSING
                    && LiteralComparison.compare(operator, left, right);
        });
    }
}
