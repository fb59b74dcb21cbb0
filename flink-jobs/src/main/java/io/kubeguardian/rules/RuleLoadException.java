package io.kubeguardian.rules;

import java.util.List;
import java.util.stream.Collectors;

/** A bundle of rules that cannot be loaded; nothing of it is in force. The message has a line for each problem. */
public final class RuleLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<RuleProblem> problems;
    private final transient List<RuleProblem> warnings;

    public RuleLoadException(List<RuleProblem> problems) {
        this(problems, List.of());
    }

    public RuleLoadException(List<RuleProblem> problems, List<RuleProblem> warnings) {
        super(problems.stream().map(RuleProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.warnings = List.copyOf(warnings);
    }

    /** In the order of the files. */
    public List<RuleProblem> problems() {
        return problems;
    }

    /** What does not stop rules from loading, but their author should know. */
    public List<RuleProblem> warnings() {
        return warnings;
    }
}
