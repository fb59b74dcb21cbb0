package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.FieldValue;
import io.kubeguardian.rules.syntax.Operator;
import io.kubeguardian.rules.syntax.Place;
import io.kubeguardian.schema.IpNetwork;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compiles the comparison of a field with literals, by the field's kind. */
final class LiteralComparison {
    private static final int ADDRESS_COST = 15;

    private LiteralComparison() {}

    static Condition compile(TypedOperand left, Operator operator, List<String> values, Place at) {
        FieldValue value = left.value();
        if (value instanceof FieldValue.Unsourced) {
            return Condition.FALSE;
        }
        try {
            if (value instanceof FieldValue.Number number) {
                return number(left, number, operator, values, at);
            }
            if (value instanceof FieldValue.Address) {
                return address(left, operator, values, at);
            }
            if (value instanceof FieldValue.EventName) {
                return operator == Operator.NE
                        ? Condition.not(new EventNameCheck(values))
                        : EventNameCheck.matching(StringTests.of(operator, values));
            }
            StringTest test = StringTests.of(operator, values);
            if (value instanceof FieldValue.Many many) {
                return Check.of(left.types(), left.cost() + test.cost(),
                        event -> many.texts().any(event, test::test));
            }
            return new TextCheck(left, test);
        } catch (IllegalArgumentException e) {
            throw ConditionCompiler.error(at, left.name() + " " + operator.text() + ": " + e.getMessage());
        }
    }

    private static Condition number(TypedOperand left, FieldValue.Number number, Operator operator, List<String> values,
            Place at) {
        if (operator == Operator.IN || operator == Operator.INTERSECTS || operator == Operator.EQ) {
            long[] wanted = values.stream().mapToLong(value -> literal(number, value)).sorted().toArray();
            if (wanted.length == 1 && wanted[0] == 1 && number instanceof FieldValue.Ordinal ordinal) {
                return Check.of(left.types(), left.cost(), ordinal::isFirst);
            }
            if (wanted.length == 1) {
                return Check.of(left.types(), left.cost(), event -> number.number(event) == wanted[0]);
            }
            return Check.of(left.types(), left.cost() + 1,
                    event -> Arrays.binarySearch(wanted, number.number(event)) >= 0);
        }
        if (operator != Operator.NE && !operator.isOrder()) {
            throw unsuited(left, operator, at);
        }
        long limit = literal(number, values.get(0));
        if (number instanceof FieldValue.Signed signed && limit == 0
                && (operator == Operator.GE || operator == Operator.LT)) {
            int wanted = operator == Operator.LT ? -1 : 1;
            return Check.of(left.types(), left.cost(), event -> signed.sign(event) == wanted);
        }
        return Check.of(left.types(), left.cost(), event -> {
            long actual = number.number(event);
            return actual != FieldValue.MISSING && compare(operator, actual, limit);
        });
    }

    static boolean compare(Operator operator, long left, long right) {
        return switch (operator) {
            case EQ, IN, INTERSECTS -> left == right;
            case NE -> left != right;
            case LT -> left < right;
            case LE -> left <= right;
            case GT -> left > right;
            case GE -> left >= right;
            default -> throw new IllegalStateException("no comparison of numbers with " + operator);
        };
    }

    private static long literal(FieldValue.Number field, String text) {
        if (field instanceof FieldValue.Flag && (text.equals("true") || text.equals("false"))) {
            return FieldValue.Flag.of(text.equals("true"));
        }
        try {
            if (text.startsWith("0x") || text.startsWith("0X")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            if (text.length() <= 40) {
                return new BigDecimal(text).longValueExact();
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Not a whole number: said below.
        }
        throw new IllegalArgumentException("'" + text + "' is not " + ConditionCompiler.kindOf(field));
    }

    private static Condition address(TypedOperand left, Operator operator, List<String> values, Place at) {
        boolean negated = operator == Operator.NE;
        if (!negated && operator != Operator.EQ && operator != Operator.IN && operator != Operator.INTERSECTS) {
            throw unsuited(left, operator, at);
        }
        List<IpNetwork> networks = new ArrayList<>();
        for (String value : values) {
            networks.add(IpNetwork.of(value));
        }
        IpNetwork[] wanted = networks.toArray(IpNetwork[]::new);
        return Check.of(left.types(), ADDRESS_COST, event -> {
            IpNetwork address = address(left, event);
            return address != null && anyContains(wanted, address) != negated;
        });
    }

    private static IpNetwork address(TypedOperand operand, EventView event) {
        String text = operand.value().text(event);
        return text == null ? null : IpNetwork.parse(text);
    }

    private static boolean anyContains(IpNetwork[] networks, IpNetwork address) {
        for (IpNetwork network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static CompileException unsuited(TypedOperand left, Operator operator, Place at) {
        return ConditionCompiler.error(at, "operator " + operator.text() + " does not suit " + left.name() + ", which is "
                + ConditionCompiler.kindOf(left.value()));
    }
}
