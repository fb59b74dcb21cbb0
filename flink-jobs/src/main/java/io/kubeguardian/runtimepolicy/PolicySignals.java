package io.kubeguardian.runtimepolicy;

import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.baseline.ItemSignals;
import io.kubeguardian.baseline.Observation;
import io.kubeguardian.baseline.ObservedItem;
import io.kubeguardian.process.ProcessRefs;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import java.util.ArrayList;

/**
 * Makes the signals about runtime policies: {@code policy.<kind>}, and {@code policy.<kind>.enforce} where the policy
 * enforces, of which the pattern runtime-policy-enforced makes an incident.
 */
final class PolicySignals {
    private static final int MAX_NAME = 1024;

    private PolicySignals() {}

    static Signal breach(Observation observation, ObservedItem item, WorkloadAllowance allowance) {
        ItemKind kind = ItemKind.of(item.kind);
        String mode = allowance.isEnforced() ? "enforce" : "alert";
        Signal signal = about(observation, item, allowance,
                "policy." + kind.word() + (allowance.isEnforced() ? ".enforce" : ""));
        signal.setKind(SignalKind.RULE);
        signal.setPriority(allowance.isEnforced() ? Priority.CRITICAL : priority(kind));
        signal.setTechniques(new ArrayList<>(ItemSignals.techniques(kind)));
        signal.setOutput(observation.workload.getName() + ' ' + words(kind) + " that its runtime policy does not allow: "
                + signal.getOutputFields().get("kubeguardian.item") + " (RuntimePolicy "
                + signal.getOutputFields().get("kubeguardian.policy") + ", mode " + mode + ')');
        signal.getOutputFields().put("kubeguardian.policy.mode", mode);
        return signal;
    }

    /** There are more breaches of one pod than are told. */
    static Signal tooMany(
            Observation observation, ObservedItem item, WorkloadAllowance allowance, int limit, long seconds) {
        Signal signal = about(observation, item, allowance, "gap.policy");
        signal.setKind(SignalKind.GAP);
        signal.setPriority(Priority.NOTICE);
        signal.setOutput("A pod of " + observation.workload.getName() + " breaks its runtime policy in more than " + limit
                + " ways within " + seconds + " s; further ones are not told until then");
        return signal;
    }

    private static Signal about(Observation observation, ObservedItem item, WorkloadAllowance allowance, String rule) {
        Signal signal = ItemSignals.about(observation, item, rule);
        signal.getOutputFields().put("kubeguardian.policy", ProcessRefs.cut(allowance.name(), MAX_NAME));
        signal.getOutputFields().put("kubeguardian.policy.digest", ProcessRefs.cut(allowance.digest(), MAX_NAME));
        return signal;
    }

    /** Somebody has said what is allowed: more than a drift, which is only new. */
    private static Priority priority(ItemKind kind) {
        return switch (kind) {
            case EXEC, CONNECT, LISTEN, USER, CAPABILITY -> Priority.WARNING;
            default -> Priority.NOTICE;
        };
    }

    private static String words(ItemKind kind) {
        return switch (kind) {
            case EXEC -> "ran a program";
            case PARENT -> "ran a program from one";
            case ARGS -> "ran a program with arguments";
            case FILE -> "used a file in a way";
            case CONNECT -> "used a destination";
            case LISTEN -> "listens on a port";
            case DNS -> "asked for a name";
            case USER -> "acted as a user";
            case CAPABILITY -> "used a capability";
            case SYSCALL -> "made a system call";
            case RATE -> "did something more often";
        };
    }
}
