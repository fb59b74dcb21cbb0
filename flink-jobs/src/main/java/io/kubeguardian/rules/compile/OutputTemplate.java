package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.FieldTable;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule's output: text with fields, {@code %proc.name}, {@code %proc.aname[2]}, {@code %toupper(proc.name)}. A field
 * without a value is written {@code <NA>}; a leading {@code *}, which asks for that in Falco, changes nothing.
 */
public final class OutputTemplate {
    private static final String MISSING = "<NA>";
    private static final int MAX_LENGTH = 64 * 1024;
    private static final Pattern FIELD = Pattern.compile(
            "%((?:[a-z0-9]+\\()*)([a-zA-Z][a-zA-Z0-9_]*(?:\\.[a-zA-Z][a-zA-Z0-9_]*)+)(\\[[^\\]\\s]*\\])?");

    /** Literal text, then a field; the last part has no field. */
    private record Part(String literal, TypedOperand field) {}

    private final List<Part> parts;

    private OutputTemplate(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * @param unsourced receives the names of fields that no sensor provides yet
     * @throws CompileException for an unknown field
     */
    public static OutputTemplate compile(ConditionText source, Set<String> unsourced) {
        String text = source.text();
        if (text.length() > MAX_LENGTH) {
            throw ConditionCompiler.error(source.at(0), "output longer than " + MAX_LENGTH + " characters");
        }
        List<Part> parts = new ArrayList<>();
        int done = text.startsWith("*") ? 1 : 0;
        Matcher matcher = FIELD.matcher(text);
        for (int from = done; matcher.find(from);) {
            int transformers = (int) matcher.group(1).chars().filter(c -> c == '(').count();
            int end = closed(text, matcher.end(), transformers);
            Place at = source.at(text.codePointCount(0, matcher.start()));
            if (end < 0) {
                throw ConditionCompiler.error(at, "transformer in the output has no closing parenthesis");
            }
            String written = text.substring(matcher.start() + 1, end);
            if (matcher.group(1).isEmpty() && matcher.group(3) == null) {
                // "%fd.name.bak" is the field fd.name and the text ".bak".
                written = longestKnown(written);
                end = matcher.start() + 1 + written.length();
            }
            ConditionText field = ConditionText.of(written, offset -> at.location());
            parts.add(new Part(unescaped(text.substring(done, matcher.start())),
                    Operands.bind(ConditionSyntax.parseOperand(field), unsourced)));
            done = end;
            from = end;
        }
        parts.add(new Part(unescaped(text.substring(done)), null));
        return new OutputTemplate(List.copyOf(parts));
    }

    /** Index after as many closing parentheses as transformers were opened; -1 when they are not there. */
    private static int closed(String text, int from, int transformers) {
        int end = from;
        for (int i = 0; i < transformers; i++) {
            if (end >= text.length() || text.charAt(end) != ')') {
                return -1;
            }
            end++;
        }
        return end;
    }

    private static String longestKnown(String name) {
        FieldTable table = FieldTable.standard();
        String candidate = name;
        while (table.find(candidate) == null && candidate.indexOf('.') != candidate.lastIndexOf('.')) {
            candidate = candidate.substring(0, candidate.lastIndexOf('.'));
        }
        return table.find(candidate) == null ? name : candidate;
    }

    private static String unescaped(String literal) {
        return literal.replace("%%", "%");
    }

    public String render(EventView event) {
        StringBuilder output = new StringBuilder(256);
        for (Part part : parts) {
            output.append(part.literal);
            if (part.field != null) {
                output.append(value(part.field, event));
            }
        }
        return output.toString();
    }

    /** Every field of the output by its name as written, in order. */
    public Map<String, String> fields(EventView event) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Part part : parts) {
            if (part.field != null) {
                fields.put(part.field.name(), value(part.field, event));
            }
        }
        return fields;
    }

    static String value(TypedOperand field, EventView event) {
        if (!field.types().contains(event.type())) {
            return MISSING;
        }
        String text = field.value().text(event);
        return text == null ? MISSING : text;
    }
}
