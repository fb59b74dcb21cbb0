package io.kubeguardian.collector.sensor;

/** The programs of the BPF object: what each is for, and where it hooks in. */
enum SensorProgram {
    EXEC("kg_exec", "tp_btf/sched_process_exec", Kind.TRACING),
    FORK("kg_fork", "tp_btf/sched_process_fork", Kind.TRACING),
    EXIT("kg_exit", "tp_btf/sched_process_exit", Kind.TRACING),
    SYS_EXIT("kg_sys_exit", "tp_btf/sys_exit", Kind.TRACING),
    CALL_OPEN("kg_call_open", "tp_btf/sys_exit", Kind.CALL),
    CALL_CONNECT("kg_call_connect", "tp_btf/sys_exit", Kind.CALL),
    FEXIT_OPENAT("kg_fexit_openat", "fexit/__x64_sys_openat", Kind.FEXIT),
    FEXIT_OPEN("kg_fexit_open", "fexit/__x64_sys_open", Kind.FEXIT),
    FEXIT_OPENAT2("kg_fexit_openat2", "fexit/__x64_sys_openat2", Kind.FEXIT),
    FEXIT_CREAT("kg_fexit_creat", "fexit/__x64_sys_creat", Kind.FEXIT),
    FEXIT_CONNECT("kg_fexit_connect", "fexit/__x64_sys_connect", Kind.FEXIT),
    CGROUP_MKDIR("kg_cgroup_mkdir", "tp_btf/cgroup_mkdir", Kind.TRACING),
    CGROUP_RMDIR("kg_cgroup_rmdir", "tp_btf/cgroup_rmdir", Kind.TRACING),
    CONNECT4("kg_connect4", "cgroup/connect4", Kind.CGROUP),
    CONNECT6("kg_connect6", "cgroup/connect6", Kind.CGROUP),
    SENDMSG4("kg_sendmsg4", "cgroup/sendmsg4", Kind.CGROUP),
    SENDMSG6("kg_sendmsg6", "cgroup/sendmsg6", Kind.CGROUP),
    EGRESS("kg_egress", "cgroup_skb/egress", Kind.CGROUP),
    INGRESS("kg_ingress", "cgroup_skb/ingress", Kind.CGROUP),
    DENY_EXEC("kg_deny_exec", "lsm/bprm_check_security", Kind.LSM),
    DENY_OPEN("kg_deny_open", "lsm/file_open", Kind.LSM),
    LSM_CONNECT("kg_lsm_connect", "lsm/socket_connect", Kind.LSM),
    LSM_SENDMSG("kg_lsm_sendmsg", "lsm/socket_sendmsg", Kind.LSM);

    enum Kind {
        TRACING,
        /** Reached from SYS_EXIT by tail call, see {@link CallGroup}. */
        CALL,
        /** The other way to the same, see {@link CallGroup}; likewise tried alone first. */
        FEXIT,
        /** Contains; attached to the monitored cgroup, and only while a containment needs it, see {@link Enforcement}. */
        CGROUP,
        /** Likewise, attached for the whole node. Refused by some kernels: see {@link ContainmentHooks}. */
        LSM;

        boolean onDemand() {
            return this == CGROUP || this == LSM;
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
