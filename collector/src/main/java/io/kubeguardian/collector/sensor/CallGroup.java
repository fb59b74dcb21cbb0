package io.kubeguardian.collector.sensor;

import java.util.List;

/** Sensors of system calls: the program of each ({@code KG_CALL_GROUP} of bpf/include/call.h), and its calls. */
enum CallGroup {
    OPEN("open", SensorProgram.CALL_OPEN, "open", "openat", "openat2", "creat"),
    CONNECT("connect", SensorProgram.CALL_CONNECT, "connect"),
    PRIVILEGE("privilege", SensorProgram.CALL_PRIVILEGE, "setuid", "setgid", "setreuid", "setregid", "setresuid",
            "setresgid", "setfsuid", "setfsgid", "setgroups", "capset", "prctl", "personality", "seccomp"),
    NAMESPACE("namespace", SensorProgram.CALL_NAMESPACE, "setns", "unshare", "chroot", "pivot_root"),
    MOUNT("mount", SensorProgram.CALL_MOUNT, "mount", "umount2", "open_tree", "move_mount", "fsopen", "fsconfig",
            "fsmount", "fspick", "mount_setattr"),
    HANDLE("handle", SensorProgram.CALL_HANDLE, "open_by_handle_at", "name_to_handle_at"),
    PROCESS("process", SensorProgram.CALL_PROCESS, "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd"),
    SIGNAL("signal", SensorProgram.CALL_SIGNAL, "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
            "pidfd_send_signal"),
    MODULE("module", SensorProgram.CALL_MODULE, "init_module", "finit_module", "delete_module", "kexec_load",
            "kexec_file_load"),
    OBJECT("object", SensorProgram.CALL_OBJECT, "bpf", "perf_event_open", "io_uring_setup", "userfaultfd",
            "memfd_create", "add_key", "request_key", "keyctl"),
    MACHINE("machine", SensorProgram.CALL_MACHINE, "reboot", "swapon", "swapoff", "acct", "syslog", "settimeofday",
            "clock_settime", "iopl", "ioperm");

    /** As {@link io.kubeguardian.schema.SensorMode} calls it. */
    final String sensor;
    final SensorProgram program;
    final List<String> calls;

    CallGroup(String sensor, SensorProgram program, String... calls) {
        this.sensor = sensor;
        this.program = program;
        this.calls = List.of(calls);
    }
}
