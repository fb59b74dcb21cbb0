package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.field.FieldValue;
import io.kubeguardian.rules.syntax.Expression;
import io.kubeguardian.rules.syntax.Expression.Quantifier;
import io.kubeguardian.rules.syntax.Expression.Right;
import io.kubeguardian.rules.syntax.Expression.Value;
import io.kubeguardian.rules.syntax.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Resolves macros, lists and fields of an {@link Expression} and compiles it. */
public final class ConditionCompiler {
    /** Most checks of one rule with all macros expanded: far more than a person writes. */
    static final int MAX_CHECKS = 20_000;

    static final int MAX_MACRO_DEPTH = 64;

    /** Most values of one comparison with all lists expanded. */
    private static final int MAX_VALUES = 500_000;

    private final Definitions definitions;
    private final Set<String> unsourced;
    private long checks;

    /** @param unsourced receives the names of fields that no sensor provides yet */
    public ConditionCompiler(Definitions definitions, Set<String> unsourced) {
        this.definitions = definitions;
        this.unsourced = unsourced;
    }

    /** @throws CompileException at what makes no sense */
    public Condition compile(Expression expression) {
        if (expression instanceof Expression.And and) {
            return Condition.and(all(and.parts()));
        }
        if (expression instanceof Expression.Or or) {
            return Condition.or(all(or.parts()));
        }
        if (expression instanceof Expression.Not not) {
            return Condition.not(compile(not.part()));
        }
        if (expression instanceof Expression.Macro macro) {
            Condition condition = definitions.macro(macro.name(), macro.at(), unsourced);
            count(condition.size(), macro.at());
            return condition;
        }
        if (expression instanceof Expression.Exists exists) {
            TypedOperand operand = Operands.bind(exists.operand(), unsourced);
            count(1, exists.at());
            return Check.of(operand.types(), operand.cost(), event -> operand.value().text(event) != null);
        }
        return compare((Expression.Compare) expression);
    }

    private List<Condition> all(List<Expression> expressions) {
        List<Condition> conditions = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            conditions.add(compile(expression));
        }
        return conditions;
    }

    private Condition compare(Expression.Compare compare) {
        TypedOperand left = Operands.bind(compare.left(), unsourced);
        if (compare.right() instanceof Right.Field field) {
            TypedOperand right = Operands.bind(field.operand(), unsourced);
            return new FieldComparison(left, compare.operator(), right, compare.at()).compile();
        }
        List<Value> written = ((Right.Values) compare.right()).values();
        if (compare.quantifier() == Quantifier.ONE_VALUE && !compare.operator().takesList()) {
            count(1, compare.at());
            return LiteralComparison.compile(left, compare.operator(), List.of(single(written.get(0))), compare.at());
        }
        List<String> values = expand(written);
        count(compare.quantifier() == Quantifier.ONE_VALUE ? 1 : values.size(), compare.at());
        if (compare.quantifier() == Quantifier.ONE_VALUE) {
            return LiteralComparison.compile(left, compare.operator(), values, compare.at());
        }
        List<Condition> each = new ArrayList<>(values.size());
        for (String value : values) {
            each.add(LiteralComparison.compile(left, compare.operator(), List.of(value), compare.at()));
        }
        return switch (compare.quantifier()) {
            case ANY_OF -> Condition.or(each);
            // Nothing to compare with is nothing that could be true.
            case ALL_OF -> each.isEmpty() ? Condition.FALSE : Condition.and(each);
            default -> exactlyOne(left, each);
        };
    }

    /** Stops before a condition of macros within macros grows beyond all bounds. */
    private void count(int more, Place at) {
        checks += more;
        if (checks > MAX_CHECKS) {
            throw error(at, "more than " + MAX_CHECKS + " checks with all macros expanded; put values into lists");
        }
    }

    private static Condition exactlyOne(TypedOperand operand, List<Condition> each) {
        Condition[] alternatives = each.toArray(Condition[]::new);
        return Check.of(operand.types(), operand.cost() + 2 * alternatives.length, event -> {
            int hits = 0;
            for (Condition alternative : alternatives) {
                hits += alternative.test(event) ? 1 : 0;
            }
            return hits == 1;
        });
    }

    /** A list's name may stand for its only item, as in Falco, where lists are replaced in the text. */
    private String single(Value value) {
        List<String> items = value.quoted() ? null : definitions.list(value.text());
        if (items == null) {
            return value.text();
        }
        if (items.size() != 1) {
            throw error(value.at(), "list " + value.text() + " has " + items.size()
                    + " items where one value is expected; use in (" + value.text() + ")");
        }
        return items.get(0);
    }

    private List<String> expand(List<Value> written) {
        List<String> values = new ArrayList<>();
        for (Value value : written) {
            List<String> items = value.quoted() ? null : definitions.list(value.text());
            if (items == null) {
                values.add(value.text());
            } else {
                values.addAll(items);
            }
            if (values.size() > MAX_VALUES) {
                throw error(value.at(), "more than " + MAX_VALUES + " values with all lists expanded");
            }
        }
        return values;
    }

    static CompileException error(Place at, String message) {
        return new CompileException(CompileException.Kind.ERROR, at, message);
    }

    static String kindOf(FieldValue value) {
        if (value instanceof FieldValue.Flag) {
            return "true or false";
        }
        return value instanceof FieldValue.Number ? "a number" : "an IP address";
    }
}
