package io.kubeguardian.policy.cel;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;

/** A compiled CEL expression. Thread safe. */
public final class Expression {
    private final String text;
    private final Program program;

    Expression(String text, Program program) {
        this.text = text;
        this.program = program;
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** @throws ExpressionException when it cannot be evaluated, or gives anything but a boolean */
    public boolean test(CelInput input) throws ExpressionException {
        if (evaluate(input) instanceof Boolean value) {
            return value;
        }
        throw new ExpressionException("gives no boolean");
    }

    /** The value as CEL's runtime for Java holds it. */
    public Object evaluate(CelInput input) throws ExpressionException {
        try {
            return program.eval(input::find);
        } catch (CelEvaluationException e) {
            String message = String.valueOf(e.getMessage()).replaceFirst("^evaluation error(?: at [^:]*:[0-9]+)?: ", "");
            throw new ExpressionException(message, e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
