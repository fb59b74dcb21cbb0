package io.kubeguardian.cli.rules;

import java.util.List;
import java.util.Set;

/**
 * One test of a file.
 *
 * @param place file:line
 * @param forbidden names of rules that must not fire
 */
record RuleTest(String name, String place, Evidence evidence, List<Expectation> expected, Set<String> forbidden) {}
