package io.kubeguardian.collector.sensor;

import io.kubeguardian.schema.ContainmentAction;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How the kernel does each action: the bit in {@code bpf/include/containment.h}, and the programs that look at it. */
enum Enforcement {
    /** By the exec sensor, which runs anyway. */
    KILL_EXEC(ContainmentAction.KILL_EXEC, 1, "contain.exec", List.of(SensorProgram.EXEC), List.of()),
    DENY_EXEC(ContainmentAction.DENY_EXEC, 2, "contain.deny-exec", List.of(SensorProgram.DENY_EXEC), List.of()),
    DENY_NETWORK(ContainmentAction.DENY_NETWORK, 4, "contain.network",
            List.of(SensorProgram.CONNECT4, SensorProgram.CONNECT6, SensorProgram.SENDMSG4, SensorProgram.SENDMSG6,
                    SensorProgram.EGRESS, SensorProgram.INGRESS),
            List.of(SensorProgram.LSM_CONNECT, SensorProgram.LSM_SENDMSG)),
    DENY_OPEN(ContainmentAction.DENY_OPEN, 8, "contain.deny-open", List.of(SensorProgram.DENY_OPEN), List.of());

    /** The mode of the programs that DENY_NETWORK has where it can. */
    static final String NETWORK_LSM = "contain.network-lsm";

    final ContainmentAction action;
    final int bit;
    /** As {@link io.kubeguardian.schema.SensorMode} calls it. */
    final String sensor;
    /** Without one of these there is no such action. */
    final List<SensorProgram> needed;
    /** These make it better where they can run. */
    final List<SensorProgram> added;

    Enforcement(ContainmentAction action, int bit, String sensor, List<SensorProgram> needed, List<SensorProgram> added) {
        this.action = action;
        this.bit = bit;
        this.sensor = sensor;
        this.needed = needed;
        this.added = added;
    }

    private static final Map<ContainmentAction, Enforcement> OF = Map.of(
            ContainmentAction.KILL_EXEC, KILL_EXEC, ContainmentAction.DENY_EXEC, DENY_EXEC,
            ContainmentAction.DENY_NETWORK, DENY_NETWORK, ContainmentAction.DENY_OPEN, DENY_OPEN);

    static int bits(Set<ContainmentAction> actions) {
        return actions.stream().mapToInt(action -> OF.get(action).bit).reduce(0, (a, b) -> a | b);
    }
}
