package io.kubeguardian.collector.sensor;

/** The programs of the BPF object: what each is for, and where it hooks in. */
enum SensorProgram {
    EXEC("kg_exec", "tp_btf/sched_process_exec", Kind.TRACING),
    RUNNING("kg_running", "iter/task", Kind.ITERATOR),
    FORK("kg_fork", "tp_btf/sched_process_fork", Kind.TRACING),
    EXIT("kg_exit", "tp_btf/sched_process_exit", Kind.TRACING),
    SYS_EXIT("kg_sys_exit", "tp_btf/sys_exit", Kind.TRACING),
    CALL_OPEN("kg_call_open", "tp_btf/sys_exit", Kind.CALL),
    CALL_FILE_CHANGE("kg_call_file_change", "tp_btf/sys_exit", Kind.CALL),
    CALL_TIMES("kg_call_times", "tp_btf/sys_exit", Kind.CALL),
    CALL_DUP("kg_call_dup", "tp_btf/sys_exit", Kind.CALL),
    CALL_CONNECT("kg_call_connect", "tp_btf/sys_exit", Kind.CALL),
    CALL_SOCKET("kg_call_socket", "tp_btf/sys_exit", Kind.CALL),
    CALL_SEND("kg_call_send", "tp_btf/sys_exit", Kind.CALL),
    CALL_PRIVILEGE("kg_call_privilege", "tp_btf/sys_exit", Kind.CALL),
    CALL_NAMESPACE("kg_call_namespace", "tp_btf/sys_exit", Kind.CALL),
    CALL_MOUNT("kg_call_mount", "tp_btf/sys_exit", Kind.CALL),
    CALL_HANDLE("kg_call_handle", "tp_btf/sys_exit", Kind.CALL),
    CALL_PROCESS("kg_call_process", "tp_btf/sys_exit", Kind.CALL),
    CALL_SIGNAL("kg_call_signal", "tp_btf/sys_exit", Kind.CALL),
    CALL_MODULE("kg_call_module", "tp_btf/sys_exit", Kind.CALL),
    CALL_OBJECT("kg_call_object", "tp_btf/sys_exit", Kind.CALL),
    CALL_MACHINE("kg_call_machine", "tp_btf/sys_exit", Kind.CALL),
    FEXIT_OPENAT("kg_fexit_openat", "fexit/__x64_sys_openat", Kind.FEXIT),
    FEXIT_OPEN("kg_fexit_open", "fexit/__x64_sys_open", Kind.FEXIT),
    FEXIT_OPENAT2("kg_fexit_openat2", "fexit/__x64_sys_openat2", Kind.FEXIT),
    FEXIT_CREAT("kg_fexit_creat", "fexit/__x64_sys_creat", Kind.FEXIT),
    FEXIT_CONNECT("kg_fexit_connect", "fexit/__x64_sys_connect", Kind.FEXIT),
    IO_URING_SUBMIT_REQ("kg_io_uring_submit_req", "tp_btf/io_uring_submit_req", Kind.OFTEN_REFUSED),
    /** The same on older kernels. */
    IO_URING_SUBMIT_SQE("kg_io_uring_submit_sqe", "tp_btf/io_uring_submit_sqe", Kind.OFTEN_REFUSED),
    IO_URING_COMPLETE("kg_io_uring_complete", "tp_btf/io_uring_complete", Kind.OFTEN_REFUSED),
    CGROUP_MKDIR("kg_cgroup_mkdir", "tp_btf/cgroup_mkdir", Kind.TRACING),
    CGROUP_RMDIR("kg_cgroup_rmdir", "tp_btf/cgroup_rmdir", Kind.TRACING),
    CONNECT4("kg_connect4", "cgroup/connect4", Kind.CONTAIN),
    CONNECT6("kg_connect6", "cgroup/connect6", Kind.CONTAIN),
    SENDMSG4("kg_sendmsg4", "cgroup/sendmsg4", Kind.CONTAIN),
    SENDMSG6("kg_sendmsg6", "cgroup/sendmsg6", Kind.CONTAIN),
    DNS_EGRESS("kg_dns_egress", "cgroup_skb/egress", Kind.CGROUP),
    DNS_INGRESS("kg_dns_ingress", "cgroup_skb/ingress", Kind.CGROUP),
    EGRESS("kg_egress", "cgroup_skb/egress", Kind.CONTAIN),
    INGRESS("kg_ingress", "cgroup_skb/ingress", Kind.CONTAIN),
    DENY_EXEC("kg_deny_exec", "lsm/bprm_check_security", Kind.LSM),
    DENY_OPEN("kg_deny_open", "lsm/file_open", Kind.LSM),
    LSM_CONNECT("kg_lsm_connect", "lsm/socket_connect", Kind.LSM),
    LSM_SENDMSG("kg_lsm_sendmsg", "lsm/socket_sendmsg", Kind.LSM);

    enum Kind {
        TRACING,
        /** Reached from SYS_EXIT by tail call, see {@link CallGroup}. */
        CALL,
        /** Runs only while it is read from. */
        ITERATOR,
        /** The other way to the same, see {@link CallGroup}; likewise tried alone first. */
        FEXIT,
        /** Attached to the monitored cgroup. */
        CGROUP,
        /** Tried alone first: some kernels refuse it, and a refusal fails everything that is loaded together. */
        OFTEN_REFUSED,
        /** Attached to the monitored cgroup, and only while a containment needs it: see {@link ContainmentHooks}. */
        CONTAIN,
        /** Likewise, attached for the whole node. Refused by some kernels, all or none. */
        LSM;

        boolean needsNetAdmin() {
            return this == CGROUP || this == CONTAIN;
        }

        boolean onDemand() {
            return this == CONTAIN || this == LSM;
        }
    }

    final String function;
    final String hook;
    final Kind kind;

    SensorProgram(String function, String hook, Kind kind) {
        this.function = function;
        this.hook = hook;
        this.kind = kind;
    }
}
