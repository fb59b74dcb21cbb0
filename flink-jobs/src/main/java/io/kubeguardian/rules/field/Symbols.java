package io.kubeguardian.rules.field;

import java.util.Map;

/** Numbers of the kernel's interface by their names in its headers (include/uapi/linux), as Falco writes them. */
final class Symbols {
    private static final Map<Integer, String> PTRACE = Map.ofEntries(
            Map.entry(0, "PTRACE_TRACEME"), Map.entry(1, "PTRACE_PEEKTEXT"), Map.entry(2, "PTRACE_PEEKDATA"),
            Map.entry(3, "PTRACE_PEEKUSR"), Map.entry(4, "PTRACE_POKETEXT"), Map.entry(5, "PTRACE_POKEDATA"),
            Map.entry(6, "PTRACE_POKEUSR"), Map.entry(7, "PTRACE_CONT"), Map.entry(8, "PTRACE_KILL"),
            Map.entry(9, "PTRACE_SINGLESTEP"), Map.entry(12, "PTRACE_GETREGS"), Map.entry(13, "PTRACE_SETREGS"),
            Map.entry(14, "PTRACE_GETFPREGS"), Map.entry(15, "PTRACE_SETFPREGS"), Map.entry(16, "PTRACE_ATTACH"),
            Map.entry(17, "PTRACE_DETACH"), Map.entry(24, "PTRACE_SYSCALL"), Map.entry(0x4200, "PTRACE_SETOPTIONS"),
            Map.entry(0x4201, "PTRACE_GETEVENTMSG"), Map.entry(0x4202, "PTRACE_GETSIGINFO"),
            Map.entry(0x4203, "PTRACE_SETSIGINFO"), Map.entry(0x4204, "PTRACE_GETREGSET"),
            Map.entry(0x4205, "PTRACE_SETREGSET"), Map.entry(0x4206, "PTRACE_SEIZE"),
            Map.entry(0x4207, "PTRACE_INTERRUPT"), Map.entry(0x4208, "PTRACE_LISTEN"));

    private static final Map<Integer, String> FAMILIES = Map.ofEntries(
            Map.entry(0, "AF_UNSPEC"), Map.entry(1, "AF_UNIX"), Map.entry(2, "AF_INET"), Map.entry(10, "AF_INET6"),
            Map.entry(15, "AF_KEY"), Map.entry(16, "AF_NETLINK"), Map.entry(17, "AF_PACKET"), Map.entry(31, "AF_BLUETOOTH"),
            Map.entry(38, "AF_ALG"), Map.entry(40, "AF_VSOCK"), Map.entry(44, "AF_XDP"));

    private static final Map<Integer, String> SOCKET_TYPES = Map.of(1, "SOCK_STREAM", 2, "SOCK_DGRAM", 3, "SOCK_RAW",
            4, "SOCK_RDM", 5, "SOCK_SEQPACKET", 10, "SOCK_PACKET");

    private static final Map<Integer, String> BPF_COMMANDS = Map.ofEntries(
            Map.entry(0, "BPF_MAP_CREATE"), Map.entry(1, "BPF_MAP_LOOKUP_ELEM"), Map.entry(2, "BPF_MAP_UPDATE_ELEM"),
            Map.entry(3, "BPF_MAP_DELETE_ELEM"), Map.entry(4, "BPF_MAP_GET_NEXT_KEY"), Map.entry(5, "BPF_PROG_LOAD"),
            Map.entry(6, "BPF_OBJ_PIN"), Map.entry(7, "BPF_OBJ_GET"), Map.entry(8, "BPF_PROG_ATTACH"),
            Map.entry(9, "BPF_PROG_DETACH"), Map.entry(17, "BPF_RAW_TRACEPOINT_OPEN"), Map.entry(18, "BPF_BTF_LOAD"),
            Map.entry(28, "BPF_LINK_CREATE"));

    /** CLONE_… (linux/sched.h), of unshare and setns. */
    private static final Object[] NAMESPACES = {
        0x00000080L, "CLONE_NEWTIME", 0x00020000L, "CLONE_NEWNS", 0x02000000L, "CLONE_NEWCGROUP", 0x04000000L,
        "CLONE_NEWUTS", 0x08000000L, "CLONE_NEWIPC", 0x10000000L, "CLONE_NEWUSER", 0x20000000L, "CLONE_NEWPID",
        0x40000000L, "CLONE_NEWNET", 0x200L, "CLONE_FS", 0x400L, "CLONE_FILES", 0x40000L, "CLONE_SYSVSEM"
    };

    /** MS_… (linux/mount.h). */
    private static final Object[] MOUNT = {
        1L, "RDONLY", 2L, "NOSUID", 4L, "NODEV", 8L, "NOEXEC", 16L, "SYNCHRONOUS", 32L, "REMOUNT", 64L, "MANDLOCK", 128L,
        "DIRSYNC", 1024L, "NOATIME", 2048L, "NODIRATIME", 4096L, "BIND", 8192L, "MOVE", 16384L, "REC", 32768L, "SILENT",
        0x10000L, "POSIXACL", 0x20000L, "UNBINDABLE", 0x40000L, "PRIVATE", 0x80000L, "SLAVE", 0x100000L, "SHARED",
        0x200000L, "RELATIME", 0x1000000L, "STRICTATIME"
    };

    private static final Object[] MEMFD = {
        1L, "MFD_CLOEXEC", 2L, "MFD_ALLOW_SEALING", 4L, "MFD_HUGETLB", 8L, "MFD_NOEXEC_SEAL", 16L, "MFD_EXEC"
    };

    /** By number, linux/capability.h. */
    private static final String[] CAPABILITIES = {
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN",
        "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE"
    };

    private Symbols() {}

    static String ptrace(long request) {
        return PTRACE.getOrDefault((int) request, Long.toString(request));
    }

    /** "17(AF_PACKET)". */
    static String family(long family) {
        return numbered(FAMILIES, family);
    }

    static String socketType(long type) {
        return numbered(SOCKET_TYPES, type & 0xf);
    }

    /** A time that utimensat(2) sets, from nanoseconds: seconds since 1970, or what stands for no time (docs/events.md). */
    static String fileTime(long nanoseconds) {
        if (nanoseconds == Long.MAX_VALUE) {
            return "UTIME_NOW";
        }
        if (nanoseconds == Long.MIN_VALUE) {
            return "UTIME_OMIT";
        }
        return Long.toString(Math.floorDiv(nanoseconds, 1_000_000_000L));
    }

    static String bpfCommand(long command) {
        return numbered(BPF_COMMANDS, command);
    }

    static String namespaces(long flags) {
        return bits(NAMESPACES, flags);
    }

    static String mountFlags(long flags) {
        return bits(MOUNT, flags);
    }

    static String memfdFlags(long flags) {
        return bits(MEMFD, flags);
    }

    /** Names separated by blanks, in the order of their numbers; null when nothing is set. */
    static String capabilities(long mask) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < CAPABILITIES.length; i++) {
            if ((mask & 1L << i) != 0) {
                names.append(names.isEmpty() ? "" : " ").append(CAPABILITIES[i]);
            }
        }
        return names.isEmpty() ? null : names.toString();
    }

    private static String numbered(Map<Integer, String> names, long number) {
        String name = names.get((int) number);
        return name == null ? Long.toString(number) : number + "(" + name + ")";
    }

    /** Names joined by bars; "0" when nothing known is set. */
    private static String bits(Object[] names, long flags) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.length; i += 2) {
            if ((flags & (Long) names[i]) != 0) {
                text.append(text.isEmpty() ? "" : "|").append(names[i + 1]);
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }
}
