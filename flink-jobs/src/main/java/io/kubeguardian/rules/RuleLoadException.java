package io.kubeguardian.rules;

import java.util.List;
import java.util.stream.Collectors;

/** A bundle of rules that cannot be loaded; nothing of it is in force. The message has a line for each problem. */
public final class RuleLoadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<RuleProblem> problems;

    public RuleLoadException(List<RuleProblem> problems) {
        super(problems.stream().map(RuleProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** In the order of the files. */
    public List<RuleProblem> problems() {
        return problems;
    }
}
