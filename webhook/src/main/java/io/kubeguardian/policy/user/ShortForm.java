package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.cel.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The short form ({@code field}, {@code operator}, {@code value}) as CEL. */
final class ShortForm {
    private static final Set<Object> RESERVED = Set.of("true", "false", "null", "in");

    private ShortForm() {}

    /**
     * The whole condition, over the variables that {@link Scope.Part} names. Written with {@code has}, not with optional
     * values: cel-java copies every object that it makes optional.
     *
     * @throws IllegalArgumentException when the value does not suit the operator
     */
    static String condition(FieldPath field, Operator operator, Node value) {
        check(operator, value);
        List<List<Object>> pieces = new ArrayList<>(List.of(new ArrayList<>()));
        for (Object step : field.steps()) {
            if (step == FieldPath.EACH) {
                pieces.add(new ArrayList<>());
            } else {
                pieces.get(pieces.size() - 1).add(step);
            }
        }
        StringBuilder cel = new StringBuilder();
        for (Scope.Part part : field.parts()) {
            cel.append(present(part.variable(), pieces.get(0))).append(" ? ")
                    .append(asked(access(part.variable(), pieces.get(0)), pieces, 1, operator, value)).append(" : ");
        }
        return cel.append(pieces.size() == 1 && operator.holdsForAbsent()).toString();
    }

    /** What is asked of one value, the variable {@code value}. */
    static String leaf(Operator operator, Node value) {
        return predicate(operator, "value", value);
    }

    /** What is asked of a value that is there: itself, or for any of its items what is left of the path. */
    private static String asked(String at, List<List<Object>> pieces, int next, Operator operator, Node value) {
        if (next == pieces.size()) {
            return predicate(operator, at, value);
        }
        String item = "item" + next;
        List<Object> rest = pieces.get(next);
        String inner = asked(access(item, rest), pieces, next + 1, operator, value);
        if (!rest.isEmpty()) {
            inner = present(item, rest) + " ? " + inner + " : " + operator.holdsForAbsent();
        }
        return at + ".exists(" + item + ", " + inner + ')';
    }

    private static String present(String root, List<Object> steps) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            String before = access(root, steps.subList(0, i));
            Object step = steps.get(i);
            all.add(step instanceof Integer place ? "size(" + before + ") > " + place
                    : isPlain(step) ? "has(" + before + '.' + step + ')' : quoted((String) step) + " in " + before);
        }
        return String.join(" && ", all);
    }

    private static String access(String root, List<Object> steps) {
        StringBuilder path = new StringBuilder(root);
        for (Object step : steps) {
            if (step instanceof Integer place) {
                path.append('[').append(place).append(']');
            } else if (isPlain(step)) {
                path.append('.').append(step);
            } else {
                path.append('[').append(quoted((String) step)).append(']');
            }
        }
        return path.toString();
    }

    /** Whether CEL takes it as a field's name as it is. */
    private static boolean isPlain(Object step) {
        return ((String) step).matches("[A-Za-z_][A-Za-z0-9_]*") && !RESERVED.contains(step);
    }

    private static String predicate(Operator operator, String at, Node value) {
        return switch (operator) {
            case EXISTS -> "true";
            case NOT_EXISTS -> "false";
            case EQUALS -> at + " == " + literal(value);
            case NOT_EQUALS -> at + " != " + literal(value);
            case IN -> at + " in " + literal(value);
            case NOT_IN -> "!(" + at + " in " + literal(value) + ')';
            case CONTAINS -> contains(at, value);
            case NOT_CONTAINS -> "!" + contains(at, value);
            case STARTS_WITH -> "string(" + at + ").startsWith(" + literal(value) + ')';
            case ENDS_WITH -> "string(" + at + ").endsWith(" + literal(value) + ')';
            case MATCHES -> "string(" + at + ").matches(" + literal(value) + ')';
            case NOT_MATCHES -> "!string(" + at + ").matches(" + literal(value) + ')';
            case GREATER_THAN -> compared(at, value) + " > 0";
            case GREATER_OR_EQUAL -> compared(at, value) + " >= 0";
            case LESS_THAN -> compared(at, value) + " < 0";
            case LESS_OR_EQUAL -> compared(at, value) + " <= 0";
        };
    }

    /** Of a list an item, of an object a field, of a text a part. */
    private static String contains(String at, Node value) {
        return "(type(" + at + ") == list || type(" + at + ") == map ? " + literal(value) + " in " + at + " : "
                + (value.isString() ? "string(" + at + ").contains(" + literal(value) + ')' : "false") + ')';
    }

    private static String compared(String at, Node value) {
        return "quantity(string(" + at + ")).compareTo(quantity(" + quoted(value.scalarText()) + "))";
    }

    private static void check(Operator operator, Node value) {
        String wanted = switch (operator.takes()) {
            case NOTHING -> value.isPresent() ? "no value" : null;
            case SCALAR -> value.isPresent() && !value.isArray() && !value.isObject() ? null : "a text, number or boolean";
            case TEXT -> value.isString() ? null : "a text";
            case LIST -> value.isArray() && value.size() > 0 && isFlat(value) ? null
                    : "a list of texts, numbers or booleans";
            case AMOUNT -> Quantity.is(value.scalarText()) && !value.isArray() ? null
                    : "a number, or a quantity such as 500m or 1Gi";
        };
        if (wanted != null) {
            throw new IllegalArgumentException("operator " + operator.label() + " takes " + wanted + " as value");
        }
    }

    private static boolean isFlat(Node list) {
        for (Node item : list) {
            if (!item.isPresent() || item.isArray() || item.isObject()) {
                return false;
            }
        }
        return true;
    }

    private static String literal(Node value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add("dyn(" + literal(item) + ')'));
            return '[' + String.join(", ", items) + ']';
        }
        return value.isString() ? quoted(value.text()) : value.scalarText();
    }

    /** A CEL string literal; what is not plain is written as its code point, so that nothing can end the literal. */
    private static String quoted(String text) {
        StringBuilder literal = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
                literal.append((char) c);
            } else {
                literal.append(String.format("\\U%08x", c));
            }
        });
        return literal.append('"').toString();
    }
}
