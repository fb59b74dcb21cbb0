package io.kubeguardian.config;

/** Which ways into the kernel the sensors of system calls may take. */
public enum SensorHooks {
    /** fexit for the frequent calls where the kernel takes it, else tracepoints. */
    AUTO,
    /** Tracepoints alone: loads on every supported kernel. */
    TRACEPOINTS
}
