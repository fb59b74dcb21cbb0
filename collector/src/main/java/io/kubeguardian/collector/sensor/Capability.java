package io.kubeguardian.collector.sensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The capabilities(7) that the kernel asks of the collector; docs/privileges.md says what each is for. */
public enum Capability {
    BPF(39),
    PERFMON(38),
    NET_ADMIN(12);

    /** Stands in for all three, see bpf_capable and its like in the kernel's include/linux/capability.h. */
    private static final int SYS_ADMIN = 21;

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /** Those that this process lacks. */
    public static Set<Capability> missing() {
        try {
            return missing(Files.readAllLines(Path.of("/proc/self/status")));
        } catch (IOException e) {
            throw new SensorException("/proc/self/status: " + e.getMessage(), e);
        }
    }

    /** @param status lines of /proc/PID/status (proc(5)) */
    static Set<Capability> missing(List<String> status) {
        for (String line : status) {
            if (line.startsWith("CapEff:")) {
                long effective = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
                Set<Capability> missing = EnumSet.allOf(Capability.class);
                missing.removeIf(c -> (effective >> c.bit & 1) != 0 || (effective >> SYS_ADMIN & 1) != 0);
                return missing;
            }
        }
        throw new SensorException("/proc/self/status has no CapEff");
    }

    /** What to tell the operator; empty when none is missing. */
    static String problem(Set<Capability> missing) {
        if (missing.isEmpty()) {
            return "";
        }
        String names = missing.stream().map(Capability::toString).collect(Collectors.joining(" and "));
        return names + (missing.size() == 1 ? " is missing: grant it" : " are missing: grant them")
                + ", or run as root (docs/privileges.md)";
    }

    /** As the kernel's documentation and Kubernetes' audit name it. */
    @Override
    public String toString() {
        return "CAP_" + name();
    }
}
