package io.kubeguardian.rules;

import io.kubeguardian.rules.compile.ConditionCompiler;
import io.kubeguardian.rules.compile.Definitions;
import io.kubeguardian.rules.syntax.ConditionSyntax;
import io.kubeguardian.rules.syntax.ConditionText;
import io.kubeguardian.rules.syntax.Expression;
import io.kubeguardian.rules.syntax.LocatedException;
import java.util.HashSet;
import java.util.Optional;

/** Checks a condition that stands in no file, as given on a command line. */
public final class ConditionCheck {
    private ConditionCheck() {}

    /**
     * @param syntaxOnly take fields, macros and values as they are
     * @return the first problem, its place counted within the condition; empty when there is none
     */
    public static Optional<RuleProblem> check(String condition, boolean syntaxOnly) {
        try {
            Expression expression = ConditionSyntax.parse(ConditionText.inline("condition", condition));
            if (!syntaxOnly) {
                new ConditionCompiler(Definitions.none(), new HashSet<>()).compile(expression);
            }
            return Optional.empty();
        } catch (LocatedException e) {
            return Optional.of(new RuleProblem(e.location(), e.getMessage()));
        }
    }
}
