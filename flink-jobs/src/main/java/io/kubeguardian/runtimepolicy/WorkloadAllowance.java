package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.observe.Allowance;
import io.kubeguardian.schema.RuntimePolicyMode;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All runtime policies of one workload. They add up, as NetworkPolicies do: what one of them allows is allowed. One that
 * enforces is enough for a breach to be an incident.
 */
public final class WorkloadAllowance implements Allowance {
    private final List<AllowedBehaviour> policies;
    private final String digest;
    private final String name;
    private final boolean enforced;

    /** @param policies in the order of their keys, one or more */
    WorkloadAllowance(Collection<AllowedBehaviour> policies) {
        this.policies = List.copyOf(policies);
        digest = this.policies.stream().map(one -> one.policy().getDigest()).collect(Collectors.joining(" "));
        name = this.policies.stream().map(one -> one.policy().getNamespace() + '/' + one.policy().getName())
                .collect(Collectors.joining(" "));
        enforced = this.policies.stream().anyMatch(one -> one.policy().getMode() == RuntimePolicyMode.ENFORCE);
    }

    @Override
    public String digest() {
        return digest;
    }

    /** namespace/name; of several with blanks between. */
    String name() {
        return name;
    }

    boolean isEnforced() {
        return enforced;
    }

    @Override
    public boolean allows(ItemKind kind, String item, String alternative, String program) {
        boolean how = kind == ItemKind.PARENT || kind == ItemKind.ARGS;
        boolean listed = false;
        for (AllowedBehaviour policy : policies) {
            if (policy.allows(kind, item, alternative, program)) {
                return true;
            }
            listed |= how && policy.lists(program);
        }
        return how && !listed; // of a program that may not run at all that is said once
    }
}
