package io.kubeguardian.ingest.tetragon;

import java.util.List;
import java.util.Map;

/** Numbers of the names that Tetragon writes: signals, capabilities, socket families, types and protocols. */
final class Names {
    /** signal(7), x86-64 and arm64. */
    private static final Map<String, Integer> SIGNALS = Map.ofEntries(
            Map.entry("SIGHUP", 1), Map.entry("SIGINT", 2), Map.entry("SIGQUIT", 3), Map.entry("SIGILL", 4),
            Map.entry("SIGTRAP", 5), Map.entry("SIGABRT", 6), Map.entry("SIGIOT", 6), Map.entry("SIGBUS", 7),
            Map.entry("SIGFPE", 8), Map.entry("SIGKILL", 9), Map.entry("SIGUSR1", 10), Map.entry("SIGSEGV", 11),
            Map.entry("SIGUSR2", 12), Map.entry("SIGPIPE", 13), Map.entry("SIGALRM", 14), Map.entry("SIGTERM", 15),
            Map.entry("SIGSTKFLT", 16), Map.entry("SIGCHLD", 17), Map.entry("SIGCONT", 18), Map.entry("SIGSTOP", 19),
            Map.entry("SIGTSTP", 20), Map.entry("SIGTTIN", 21), Map.entry("SIGTTOU", 22), Map.entry("SIGURG", 23),
            Map.entry("SIGXCPU", 24), Map.entry("SIGXFSZ", 25), Map.entry("SIGVTALRM", 26), Map.entry("SIGPROF", 27),
            Map.entry("SIGWINCH", 28), Map.entry("SIGIO", 29), Map.entry("SIGPWR", 30), Map.entry("SIGSYS", 31));

    /** capabilities(7), by bit; DAC_OVERRIDE is how Tetragon's API has it. */
    private static final List<String> CAPABILITIES = List.of("CAP_CHOWN", "DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",
            "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
            "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
            "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
            "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG",
            "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE",
            "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON",
            "CAP_BPF", "CAP_CHECKPOINT_RESTORE");

    private static final Map<String, Integer> FAMILIES = Map.of("AF_UNIX", 1, "AF_INET", 2, "AF_INET6", 10,
            "AF_NETLINK", 16, "AF_PACKET", 17, "AF_VSOCK", 40);
    private static final Map<String, Integer> TYPES = Map.of("SOCK_STREAM", 1, "SOCK_DGRAM", 2, "SOCK_RAW", 3,
            "SOCK_RDM", 4, "SOCK_SEQPACKET", 5, "SOCK_DCCP", 6, "SOCK_PACKET", 10);
    private static final Map<String, Integer> PROTOCOLS = Map.of("IPPROTO_ICMP", 1, "IPPROTO_TCP", 6, "IPPROTO_UDP", 17,
            "IPPROTO_DCCP", 33, "IPPROTO_ICMPV6", 58, "IPPROTO_SCTP", 132, "IPPROTO_UDPLITE", 136, "IPPROTO_RAW", 255,
            "IPPROTO_MPTCP", 262);

    private Names() {}

    /** 0 for a name that is none. */
    static int signal(String name) {
        return SIGNALS.getOrDefault(name, 0);
    }

    /** A bit mask; names that are none are left out. */
    static long capabilities(List<String> names) {
        long mask = 0;
        for (String name : names) {
            int bit = CAPABILITIES.indexOf(name.equals("CAP_DAC_OVERRIDE") ? "DAC_OVERRIDE" : name);
            mask |= bit < 0 ? 0 : 1L << bit;
        }
        return mask;
    }

    /** 0 for a name that is none. */
    static int family(String name) {
        return FAMILIES.getOrDefault(name, 0);
    }

    /** 0 for a name that is none. */
    static int socketType(String name) {
        return TYPES.getOrDefault(name, 0);
    }

    /** 0 for a name that is none. */
    static int protocol(String name) {
        return PROTOCOLS.getOrDefault(name, 0);
    }
}
