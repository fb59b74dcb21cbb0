package io.kubeguardian.cli.scan;

import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import io.kubeguardian.policy.BuiltInChecks;
import io.kubeguardian.policy.Check;
import io.kubeguardian.policy.user.PolicyAction;
import io.kubeguardian.policy.user.PolicyException;
import io.kubeguardian.policy.user.PolicyReader;
import io.kubeguardian.policy.user.UserPolicy;
import io.kubeguardian.policy.user.UserPolicyCheck;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The policies of {@code --policies}, as checks. */
final class Policies {
    private Policies() {}

    /**
     * Reads them: all or none.
     *
     * @param paths files, and folders of them
     * @param notes takes a line on each policy that a scan cannot judge by, and each exemption that is over
     * @throws UserError when one cannot be used
     */
    static List<Check> read(List<String> paths, LocalDate today, List<String> notes) {
        if (paths.contains(Inputs.STDIN)) {
            throw new UserError("scan: --policies takes files and folders; standard input is for manifests");
        }
        Inputs inputs = Inputs.of(paths, InputStream.nullInputStream());
        if (!inputs.errors().isEmpty()) {
            ScanError error = inputs.errors().getFirst();
            throw new UserError(error.file() + ":" + error.line() + ": " + error.message());
        }
        Set<String> builtIn =
                BuiltInChecks.all(Set.of()).stream().map(check -> check.info().id()).collect(Collectors.toSet());
        PolicyReader reader = new PolicyReader();
        List<Check> checks = new ArrayList<>();
        for (Inputs.Source source : inputs.sources()) {
            for (UserPolicy policy : policies(reader, source)) {
                if (builtIn.contains(policy.name())) {
                    throw new UserError(source.name() + ": policy " + policy.name()
                            + " has the name of a built-in check; name it otherwise");
                }
                if (policy.needsRequest()) {
                    notes.add("policy " + policy.name() + " is about who asks, or a namespace's labels: no file tells that");
                } else if (policy.action() != PolicyAction.MUTATE) {
                    checks.add(new UserPolicyCheck(policy, today));
                }
                policy.overExemptions(today).forEach(
                        over -> notes.add("policy " + policy.name() + ": an exemption is over (" + over + ")"));
            }
        }
        return checks;
    }

    private static List<UserPolicy> policies(PolicyReader reader, Inputs.Source source) {
        try {
            return reader.read(source.name(), source.read());
        } catch (PolicyException e) {
            throw new UserError(e.getMessage(), e);
        } catch (IOException e) {
            throw new UserError(source.name() + ": cannot be read: " + Texts.reason(e), e);
        }
    }
}
