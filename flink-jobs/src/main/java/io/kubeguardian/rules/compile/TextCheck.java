package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.FieldValue;
import java.util.ArrayList;
import java.util.List;

/** A test of a field that is a string. */
final class TextCheck extends Check {
    private final TypedOperand operand;
    private final FieldValue value;
    private final StringTest test;

    TextCheck(TypedOperand operand, StringTest test) {
        super(operand.types());
        this.operand = operand;
        this.value = operand.value();
        this.test = test;
    }

    @Override
    public boolean test(EventView event) {
        String text = value.text(event);
        return text != null && test.test(text);
    }

    @Override
    int cost() {
        return operand.cost() + test.cost();
    }

    /** Puts alternatives about one field into one test where that is possible (sets, prefixes). */
    static List<Condition> merge(List<Condition> alternatives) {
        List<Condition> merged = new ArrayList<>(alternatives.size());
        for (Condition alternative : alternatives) {
            if (!(alternative instanceof TextCheck check) || !mergeInto(merged, check)) {
                merged.add(alternative);
            }
        }
        return merged;
    }

    private static boolean mergeInto(List<Condition> merged, TextCheck check) {
        for (int i = 0; i < merged.size(); i++) {
            if (merged.get(i) instanceof TextCheck other && other.operand.name().equals(check.operand.name())) {
                StringTest both = other.test.or(check.test);
                if (both != null) {
                    merged.set(i, new TextCheck(other.operand, both));
                    return true;
                }
            }
        }
        return false;
    }
}
