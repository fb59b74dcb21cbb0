package io.kubeguardian.cli.profile.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.cli.Texts;
import io.kubeguardian.cli.UserError;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A seccomp profile (OCI runtime specification, as the kubelet takes it from {@code seccomp/} for {@code type: Localhost})
 * that lets the system calls through that were seen, and fails every other with EPERM.
 */
public final class SeccompExport {
    private static final int EPERM = 1;

    /**
     * What a container runtime itself does between loading the filter and the container's first program, and what a
     * program cannot do without; the sensor's counts begin with the container's own.
     */
    static final Set<String> RUNTIME = Set.of("capget", "capset", "chdir", "close", "execve", "exit", "exit_group", "fchdir",
            "fcntl", "fstat", "fstatfs", "futex", "getdents64", "getpid", "getppid", "newfstatat", "openat", "openat2", "prctl",
            "read", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_yield", "setgid", "setgroups", "setuid", "stat",
            "statx", "tgkill", "write", "epoll_ctl", "epoll_pwait", "nanosleep", "clone", "arch_prctl", "brk", "mmap",
            "mprotect", "munmap", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom", "restart_syscall");

    private SeccompExport() {}

    public static String of(Behaviour behaviour) {
        if (behaviour.syscalls().isEmpty()) {
            throw new UserError("the profile of " + behaviour.key() + " knows no system calls; they are counted when"
                    + " collector.syscallCountSeconds is above 0, and baseline.kinds has syscall");
        }
        TreeSet<String> names = new TreeSet<>(RUNTIME);
        names.addAll(behaviour.syscalls());
        names.removeIf(name -> !name.matches("[a-z_0-9]+") || name.matches("[0-9]+"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode profile = json.createObjectNode();
        profile.put("defaultAction", "SCMP_ACT_ERRNO").put("defaultErrnoRet", EPERM);
        profile.set("architectures", json.valueToTree(List.of("SCMP_ARCH_X86_64")));
        ObjectNode allowed = json.createObjectNode();
        allowed.set("names", json.valueToTree(names));
        allowed.put("action", "SCMP_ACT_ALLOW");
        profile.set("syscalls", json.createArrayNode().add(allowed));
        return Texts.json(profile) + '\n';
    }
}
