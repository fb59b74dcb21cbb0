package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.rules.field.Field;
import io.kubeguardian.rules.field.FieldTable;
import io.kubeguardian.rules.field.FieldValue;
import io.kubeguardian.rules.syntax.Expression.Operand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Looks fields up and puts their transformers around them. */
public final class Operands {
    private static final int TRANSFORM_COST = 20;

    private Operands() {}

    /**
     * @param unsourced receives the names of fields that no sensor provides yet
     * @throws CompileException for an unknown field, an unusable argument or a transformer that does not suit
     */
    public static TypedOperand bind(Operand operand, Set<String> unsourced) {
        if (operand instanceof Operand.Field field) {
            return field(field, unsourced);
        }
        if (operand instanceof Operand.Transformed transformed) {
            return transformed(transformed, unsourced);
        }
        if (operand instanceof Operand.Joined joined) {
            return joined(joined, unsourced);
        }
        String literal = ((Operand.Literal) operand).text();
        return new TypedOperand("'" + literal + "'", (FieldValue.Text) event -> literal,
                EnumSet.allOf(EventType.class), 0);
    }

    private static TypedOperand field(Operand.Field written, Set<String> unsourced) {
        FieldTable table = FieldTable.standard();
        Field field = table.find(written.name());
        if (field == null) {
            String nearest = table.nearest(written.name());
            throw new CompileException(CompileException.Kind.UNKNOWN_FIELD, written.at(), "unknown field " + written.name()
                    + (nearest.isEmpty() ? "; expected one of Falco's fields" : "; did you mean " + nearest + "?"));
        }
        String name = written.argument() == null ? written.name() : written.name() + "[" + written.argument() + "]";
        if (!field.isSourced()) {
            unsourced.add(field.name());
        }
        try {
            return new TypedOperand(name, field.read(written.argument()), field.types(), readingCost(name));
        } catch (IllegalArgumentException e) {
            throw new CompileException(CompileException.Kind.ERROR, written.at(), e.getMessage());
        }
    }

    /** Fields that are put together for each event, or looked for along all ancestors. */
    private static int readingCost(String name) {
        if (name.startsWith("proc.a") && !name.startsWith("proc.args")) {
            return name.endsWith("]") ? 5 : 30;
        }
        return name.endsWith("cmdline") || name.startsWith("proc.args") || name.startsWith("evt.arg")
                || name.equals("fd.directory") || name.equals("fd.filename") ? 15 : 1;
    }

    private static TypedOperand transformed(Operand.Transformed written, Set<String> unsourced) {
        TypedOperand inner = bind(written.operand(), unsourced);
        String name = written.transformer() + "(" + inner.name() + ")";
        FieldValue value = inner.value();
        if (written.transformer().equals("len")) {
            FieldValue.Number length = event -> {
                String text = value.text(event);
                return text == null ? FieldValue.MISSING : utf8Length(text);
            };
            return new TypedOperand(name, length, inner.types(), inner.cost() + 1);
        }
        if (value instanceof FieldValue.Number || value instanceof FieldValue.Address) {
            throw new CompileException(CompileException.Kind.ERROR, written.at(),
                    written.transformer() + "() needs a string; " + inner.name() + " is none");
        }
        UnaryOperator<String> function = switch (written.transformer()) {
            case "toupper" -> text -> text.toUpperCase(Locale.ROOT);
            case "tolower" -> text -> text.toLowerCase(Locale.ROOT);
            case "basename" -> text -> text.substring(text.lastIndexOf('/') + 1);
            case "b64" -> Operands::decodeBase64;
            default -> throw new IllegalStateException("no transformer " + written.transformer());
        };
        if (value instanceof FieldValue.Many many) {
            FieldValue each = new FieldValue.Many(
                    (event, test) -> many.texts().any(event, text -> {
                        String result = function.apply(text);
                        return result != null && test.test(result);
                    }),
                    event -> many.text(event) == null ? null : function.apply(many.text(event)));
            return new TypedOperand(name, each, inner.types(), inner.cost() + TRANSFORM_COST);
        }
        FieldValue.Text text = event -> {
            String plain = value.text(event);
            return plain == null ? null : function.apply(plain);
        };
        return new TypedOperand(name, text, inner.types(), inner.cost() + TRANSFORM_COST);
    }

    /** A part without a value leaves the whole without one. */
    private static TypedOperand joined(Operand.Joined written, Set<String> unsourced) {
        List<FieldValue> parts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        EnumSet<EventType> types = EnumSet.allOf(EventType.class);
        for (Operand part : written.parts()) {
            TypedOperand bound = bind(part, unsourced);
            parts.add(bound.value());
            names.add(bound.name());
            types.retainAll(bound.types());
        }
        FieldValue.Text text = event -> {
            StringBuilder joined = new StringBuilder();
            for (int i = 0; i < parts.size(); i++) {
                String part = parts.get(i).text(event);
                if (part == null) {
                    return null;
                }
                joined.append(i == 0 ? "" : written.separator()).append(part);
            }
            return joined.toString();
        };
        return new TypedOperand("join('" + written.separator() + "', (" + String.join(", ", names) + "))", text, types,
                TRANSFORM_COST);
    }

    private static String decodeBase64(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int utf8Length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }
}
