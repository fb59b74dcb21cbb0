package io.kubeguardian.cli.rules;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.rules.LoadMode;
import io.kubeguardian.rules.RuleBundles;
import io.kubeguardian.rules.RuleLoadException;
import io.kubeguardian.rules.RuleProblem;
import io.kubeguardian.rules.RuleSet;
import io.kubeguardian.rules.RuleSource;
import io.kubeguardian.rules.load.RuleFiles;
import io.kubeguardian.schema.RuleBundle;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Rule files as the commands are given them. */
public final class RuleInput {
    private RuleInput() {}

    /**
     * The files in the order given, of folders every .yaml and .yml file by name; without any the built-in ones.
     *
     * @throws UserError when one cannot be read
     */
    static List<RuleSource> read(List<Path> paths) {
        if (paths.isEmpty()) {
            return RuleFiles.builtIn();
        }
        try {
            return RuleFiles.read(paths);
        } catch (RuleLoadException e) {
            throw new UserError(lines(e.problems()), e);
        }
    }

    /** @throws UserError when a file cannot be read, or what is in them does not load */
    public static RuleSet load(List<Path> paths, LoadMode mode) {
        try {
            return RuleSet.load(read(paths), mode);
        } catch (RuleLoadException e) {
            throw new UserError(lines(e.problems()), e);
        }
    }

    /**
     * For publication: without a place in history yet.
     *
     * @throws UserError as {@link #load}, or when they are too much for one record
     */
    static RuleBundle bundle(List<Path> paths, LoadMode mode, String issuedBy) {
        try {
            return RuleBundles.of(read(paths), mode, issuedBy, 0, List.of());
        } catch (RuleLoadException e) {
            throw new UserError(lines(e.problems()), e);
        }
    }

    private static String lines(List<RuleProblem> problems) {
        return problems.stream().map(problem -> Texts.line(problem.toString())).collect(Collectors.joining("\n"));
    }
}
