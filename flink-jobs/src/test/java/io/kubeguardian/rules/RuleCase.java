package io.kubeguardian.rules;

import java.util.List;
import java.util.stream.Stream;

/**
 * What makes a rule fire, and what comes close and makes no rule fire.
 *
 * @param alsoFires other rules that the trigger is meant to make fire
 */
record RuleCase(String rule, EventView trigger, List<String> alsoFires, EventView nearMiss) {
    /** A container's own script, its service, a shell that the service was made to start, and a session from outside. */
    static final TestProcess ENTRYPOINT = TestProcess.running("/bin/sh", "/entrypoint.sh", null);
    static final TestProcess SERVER = TestProcess.running("/usr/sbin/server", "--config /etc/server.conf", ENTRYPOINT);
    static final TestProcess INTRUDER = TestProcess.running("/bin/sh", "-c id", SERVER);
    static final TestProcess SESSION = session();

    static RuleCase of(String rule, EventView trigger, EventView nearMiss) {
        return new RuleCase(rule, trigger, List.of(), nearMiss);
    }

    /** A program that the intruder's shell starts. */
    static TestProcess tool(String exePath, String arguments) {
        return TestProcess.running(exePath, arguments, INTRUDER);
    }

    /** A program that is started in the session from outside. */
    static TestProcess typed(String exePath, String arguments) {
        return TestProcess.running(exePath, arguments, SESSION);
    }

    /** A program that the container's own script starts. */
    static TestProcess scripted(String exePath, String arguments) {
        return TestProcess.running(exePath, arguments, ENTRYPOINT);
    }

    RuleCase alsoFiring(String... rules) {
        return new RuleCase(rule, trigger, List.of(rules), nearMiss);
    }

    static List<RuleCase> all() {
        return Stream.of(NetworkRuleCases.all(), SecretRuleCases.all(), NodeRuleCases.all(), FootholdRuleCases.all(),
                        HidingRuleCases.all(), CallRuleCases.all())
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public String toString() {
        return rule;
    }

    /** Started from outside the container: its parent is not known in there, and it is not the first process. */
    private static TestProcess session() {
        TestProcess shell = TestProcess.running("/bin/bash", "", null);
        return new TestProcess(1040, 40, shell.name(), shell.exePath(), shell.args(), shell.cwd(), 0, 0, 0, null);
    }
}
