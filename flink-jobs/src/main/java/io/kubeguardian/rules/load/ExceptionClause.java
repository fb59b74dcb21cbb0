package io.kubeguardian.rules.load;

import io.kubeguardian.config.Nearest;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Expression.Quantifier;
import io.kubeguardian.rules.syntax.Expression.Right;
import io.kubeguardian.rules.syntax.Expression.Value;
import io.kubeguardian.rules.syntax.Expression;
import io.kubeguardian.rules.syntax.Operator;
import io.kubeguardian.rules.syntax.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * One entry of a rule's {@code exceptions}: combinations of values for which the rule does not fire. Format:
 * https://falco.org/docs/concepts/rules/exceptions/.
 */
final class ExceptionClause {
    private final String name;
    private final List<Expression.Operand> fields = new ArrayList<>();
    private final List<Operator> operators = new ArrayList<>();
    /** One field written without a list: its values are plain, not tuples. */
    private final boolean single;
    private final List<Expression> alternatives = new ArrayList<>();

    /** @throws LoadException or another located exception at what does not fit */
    ExceptionClause(Item item) {
        name = item.name("name");
        if (!item.has("fields")) {
            throw new LoadException(item.location(), "exception " + name + " has no fields");
        }
        single = !item.isSequence("fields");
        if (single) {
            fields.add(ConditionSyntax.parseOperand(item.located("fields")));
            operators.add(item.has("comps") ? operator(item, item.text("comps"), "comps") : Operator.IN);
        } else {
            for (ScalarNode field : item.scalars("fields")) {
                fields.add(ConditionSyntax.parseOperand(item.file().text(field)));
            }
            for (String comparison : item.texts("comps")) {
                operators.add(operator(item, comparison, "comps"));
            }
            while (!item.has("comps") && operators.size() < fields.size()) {
                operators.add(Operator.EQ);
            }
            if (fields.isEmpty() || operators.size() != fields.size()) {
                throw new LoadException(item.location(item.has("comps") ? "comps" : "fields"), "exception " + name + " has "
                        + fields.size() + " fields and " + operators.size() + " comps; expected as many of each");
            }
        }
        addValues(item);
    }

    String name() {
        return name;
    }

    /** Appends the values of another entry with the same name. */
    void addValues(Item item) {
        for (Node values : item.sequence("values")) {
            alternatives.add(single ? compare(0, values, item) : tuple(values, item));
        }
    }

    /** The condition without any of the exceptions. */
    static Expression without(Expression condition, List<ExceptionClause> exceptions) {
        List<Expression> all = new ArrayList<>();
        exceptions.forEach(exception -> all.addAll(exception.alternatives));
        return all.isEmpty()
                ? condition
                : new Expression.And(List.of(condition, new Expression.Not(new Expression.Or(List.copyOf(all)))));
    }

    private Expression tuple(Node values, Item item) {
        if (!(values instanceof SequenceNode sequence) || sequence.getValue().size() != fields.size()) {
            throw new LoadException(item.file().at(values), "values of exception " + name + " must be lists of "
                    + fields.size() + ", one value for each field");
        }
        List<Expression> parts = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            parts.add(compare(i, sequence.getValue().get(i), item));
        }
        return new Expression.And(List.copyOf(parts));
    }

    private Expression compare(int field, Node values, Item item) {
        List<Value> literals = new ArrayList<>();
        if (values instanceof SequenceNode sequence && operators.get(field).takesList()) {
            for (Node value : sequence.getValue()) {
                literals.add(literal(item, value));
            }
        } else {
            literals.add(literal(item, values));
        }
        ConditionText text = item.file().text(firstScalar(item, values));
        return new Expression.Compare(fields.get(field), operators.get(field), Quantifier.ONE_VALUE,
                new Right.Values(List.copyOf(literals)), text.at(0));
    }

    private ScalarNode firstScalar(Item item, Node values) {
        if (values instanceof SequenceNode sequence) {
            if (sequence.getValue().isEmpty()) {
                throw new LoadException(item.file().at(values), "a value of exception " + name + " is an empty list");
            }
            return item.scalar(sequence.getValue().get(0), "a value of exception " + name);
        }
        return item.scalar(values, "a value of exception " + name);
    }

    private Value literal(Item item, Node node) {
        ScalarNode scalar = item.scalar(node, "a value of exception " + name);
        Place at = item.file().text(scalar).at(0);
        String text = ListItems.unquoted(scalar.getValue());
        return new Value(text, !text.equals(scalar.getValue()), at);
    }

    private static Operator operator(Item item, String text, String key) {
        Operator operator = Operator.of(text);
        if (operator == null) {
            HashSet<String> known = new HashSet<>();
            for (Operator each : Operator.values()) {
                known.add(each.text());
            }
            throw new LoadException(item.location(key), "unknown operator " + text
                    + Nearest.hint(text, known));
        }
        return operator;
    }
}
