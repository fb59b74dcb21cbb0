package io.kubeguardian.collector.sensor;

import java.util.List;
import java.util.Set;

/**
 * Sensors of system calls: the program of each ({@code KG_CALL_GROUP} of bpf/include/call.h), and its calls. The calls
 * that a busy server makes all the time have a second way (fexit) that kernels may refuse: both give the same events.
 */
enum CallGroup {
    OPEN("open", SensorProgram.CALL_OPEN,
            List.of(SensorProgram.FEXIT_OPENAT, SensorProgram.FEXIT_OPEN, SensorProgram.FEXIT_OPENAT2,
                    SensorProgram.FEXIT_CREAT),
            "open", "openat", "openat2", "creat"),
    FILE_CHANGE("file-change", SensorProgram.CALL_FILE_CHANGE, List.of(),
            "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "mkdir",
            "mkdirat", "rmdir", "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown",
            "fchownat"),
    TIMES("times", SensorProgram.CALL_TIMES, List.of(), "utimensat", "futimesat", "utimes", "utime"),
    DUP("dup", SensorProgram.CALL_DUP, List.of(), "dup", "dup2", "dup3", "fcntl"),
    CONNECT("connect", SensorProgram.CALL_CONNECT, List.of(SensorProgram.FEXIT_CONNECT), "connect"),
    SOCKET("socket", SensorProgram.CALL_SOCKET, List.of(), "socket", "bind", "listen", "accept", "accept4"),
    SEND("send", SensorProgram.CALL_SEND, List.of(), "sendto", "sendmsg", "sendmmsg"),
    PRIVILEGE("privilege", SensorProgram.CALL_PRIVILEGE, List.of(), "setuid", "setgid", "setreuid", "setregid",
            "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset", "prctl", "personality", "seccomp"),
    NAMESPACE("namespace", SensorProgram.CALL_NAMESPACE, List.of(), "setns", "unshare", "chroot", "pivot_root"),
    MOUNT("mount", SensorProgram.CALL_MOUNT, List.of(), "mount", "umount2", "open_tree", "move_mount", "fsopen",
            "fsconfig", "fsmount", "fspick", "mount_setattr"),
    HANDLE("handle", SensorProgram.CALL_HANDLE, List.of(), "open_by_handle_at", "name_to_handle_at"),
    PROCESS("process", SensorProgram.CALL_PROCESS, List.of(), "ptrace", "process_vm_readv", "process_vm_writev",
            "pidfd_getfd"),
    SIGNAL("signal", SensorProgram.CALL_SIGNAL, List.of(), "kill", "tkill", "tgkill", "rt_sigqueueinfo",
            "rt_tgsigqueueinfo", "pidfd_send_signal"),
    MODULE("module", SensorProgram.CALL_MODULE, List.of(), "init_module", "finit_module", "delete_module",
            "kexec_load", "kexec_file_load"),
    OBJECT("object", SensorProgram.CALL_OBJECT, List.of(), "bpf", "perf_event_open", "io_uring_setup", "userfaultfd",
            "memfd_create", "add_key", "request_key", "keyctl"),
    MACHINE("machine", SensorProgram.CALL_MACHINE, List.of(), "reboot", "swapon", "swapoff", "acct", "syslog",
            "settimeofday", "clock_settime", "iopl", "ioperm", "sethostname", "setdomainname");

    /** As {@link io.kubeguardian.schema.SensorMode} calls it. */
    final String sensor;
    final SensorProgram program;
    /** One for each call, or none. */
    final List<SensorProgram> fexits;
    final List<String> calls;

    CallGroup(String sensor, SensorProgram program, List<SensorProgram> fexits, String... calls) {
        this.sensor = sensor;
        this.program = program;
        this.fexits = fexits;
        this.calls = List.of(calls);
    }

    /** Whether its 64-bit calls are seen by hooks of their own, when these programs are loaded. */
    boolean byFexit(Set<SensorProgram> loaded) {
        return !fexits.isEmpty() && loaded.containsAll(fexits);
    }
}
