package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Location;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What makes two hits of a rule one and the same, declared by tags, which Falco takes as they come:
 * {@code kg_dedup:proc.name+fd.name} and {@code kg_dedup_seconds:60}.
 */
public final class RepeatKey {
    static final int MAX_SECONDS = 3600;

    private static final String OURS = "kg_";
    private static final String FIELDS = "kg_dedup:";
    private static final String SECONDS = "kg_dedup_seconds:";

    private final List<TypedOperand> fields;
    private final int seconds;

    private RepeatKey(List<TypedOperand> fields, int seconds) {
        this.fields = fields;
        this.seconds = seconds;
    }

    /**
     * @param at where the rule is
     * @throws CompileException for an unknown field, and for a tag that begins as ours and is none
     */
    public static RepeatKey of(List<String> tags, Location at) {
        List<TypedOperand> fields = new ArrayList<>();
        int seconds = 0;
        for (String tag : tags) {
            if (tag.startsWith(FIELDS)) {
                for (String field : tag.substring(FIELDS.length()).split("\\+", -1)) {
                    fields.add(Operands.bind(
                            ConditionSyntax.parseOperand(ConditionText.of(field, offset -> at)), new LinkedHashSet<>()));
                }
            } else if (tag.startsWith(SECONDS)) {
                seconds = seconds(tag, at);
            } else if (tag.startsWith(OURS)) {
                throw error(at, "unknown tag " + tag + "; of those that begin with " + OURS + " there are " + FIELDS
                        + "FIELD+FIELD and " + SECONDS + "N");
            }
        }
        return new RepeatKey(List.copyOf(fields), seconds);
    }

    private static int seconds(String tag, Location at) {
        try {
            int seconds = Integer.parseInt(tag.substring(SECONDS.length()));
            if (seconds >= 1 && seconds <= MAX_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw error(at, "tag " + tag + ": expected 1 to " + MAX_SECONDS + " seconds");
    }

    private static CompileException error(Location at, String message) {
        return ConditionCompiler.error(ConditionText.of("", offset -> at).at(0), message);
    }

    /** The values of the declared fields; null when none are declared. */
    public String of(EventView event) {
        if (fields.isEmpty()) {
            return null;
        }
        StringBuilder key = new StringBuilder();
        for (TypedOperand field : fields) {
            String value = OutputTemplate.value(field, event);
            key.append(value.length()).append(':').append(value); // ("ab","c") is not ("a","bc")
        }
        return key.toString();
    }

    /** For how long; 0 when that is not declared. */
    public int seconds() {
        return seconds;
    }
}
