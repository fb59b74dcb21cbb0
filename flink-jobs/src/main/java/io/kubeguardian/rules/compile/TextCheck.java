package io.kubeguardian.rules.compile;

import io.kubeguardian.rules.EventView;
import io.kubeguardian.rules.field.FieldValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A test of a field that is a string. */
final class TextCheck extends Check {
    /** Fields that are a function of the path of an open alone. */
    private static final Set<String> OF_PATH = Set.of("fd.name", "fd.directory", "fd.filename", "fs.path.name");

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

    @Override
    boolean isOfPath() {
        return OF_PATH.contains(operand.name());
    }

    /** Puts alternatives about one field into one test. */
    static List<Condition> merge(List<Condition> alternatives) {
        List<Condition> merged = new ArrayList<>(alternatives.size());
        Map<String, List<StringTest>> tests = new LinkedHashMap<>();
        Map<String, TypedOperand> operands = new HashMap<>();
        for (Condition alternative : alternatives) {
            if (alternative instanceof TextCheck check) {
                operands.putIfAbsent(check.operand.name(), check.operand);
                tests.computeIfAbsent(check.operand.name(), name -> new ArrayList<>()).add(check.test);
            } else {
                merged.add(alternative);
            }
        }
        tests.forEach((name, same) -> merged.add(new TextCheck(operands.get(name), AnyTest.of(same))));
        return merged;
    }
}
