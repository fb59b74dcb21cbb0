package io.kubeguardian.baseline.observe;

import java.util.Map;

/**
 * Which capability a system call that succeeded needs (capabilities(7)). The kernel does not tell which capability it
 * looked at; a process that has the one that such a call asks for, and made the call, is taken to have used it.
 */
final class UsedCapabilities {
    static final int CHOWN = 0;
    static final int NET_BIND_SERVICE = 10;
    static final int NET_RAW = 13;
    static final int MKNOD = 27;

    private static final int SETGID = 6;
    private static final int SETUID = 7;
    private static final int SETPCAP = 8;
    private static final int SYS_MODULE = 16;
    private static final int SYS_CHROOT = 18;
    private static final int SYS_PTRACE = 19;
    private static final int SYS_ADMIN = 21;
    private static final int PERFMON = 38;
    private static final int BPF = 39;

    private static final String[] NAMES = {"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
        "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
        "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
        "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN",
        "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE"};

    private static final Map<String, Integer> BY_CALL = Map.ofEntries(
            Map.entry("setuid", SETUID), Map.entry("setreuid", SETUID), Map.entry("setresuid", SETUID),
            Map.entry("setfsuid", SETUID), Map.entry("setgid", SETGID), Map.entry("setregid", SETGID),
            Map.entry("setresgid", SETGID), Map.entry("setfsgid", SETGID), Map.entry("setgroups", SETGID),
            Map.entry("capset", SETPCAP), Map.entry("mount", SYS_ADMIN), Map.entry("umount2", SYS_ADMIN),
            Map.entry("pivot_root", SYS_ADMIN), Map.entry("setns", SYS_ADMIN), Map.entry("unshare", SYS_ADMIN),
            Map.entry("chroot", SYS_CHROOT), Map.entry("ptrace", SYS_PTRACE), Map.entry("process_vm_writev", SYS_PTRACE),
            Map.entry("process_vm_readv", SYS_PTRACE), Map.entry("init_module", SYS_MODULE),
            Map.entry("finit_module", SYS_MODULE), Map.entry("delete_module", SYS_MODULE), Map.entry("bpf", BPF),
            Map.entry("perf_event_open", PERFMON));

    private UsedCapabilities() {}

    /** The number of the capability; -1: none that is known of. */
    static int of(String call) {
        return BY_CALL.getOrDefault(call, -1);
    }

    /** @param effective the process's effective set, as a bit mask */
    static boolean has(long effective, int capability) {
        return (effective >>> capability & 1) != 0;
    }

    static String name(int capability) {
        return NAMES[capability];
    }
}
