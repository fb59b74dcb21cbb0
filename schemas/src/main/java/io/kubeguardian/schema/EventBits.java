package io.kubeguardian.schema;

/** The bits of the flag fields in {@code events.avdl}; the same values in {@code bpf/include/events.h}. */
public final class EventBits {
    public static final int EXEC_ARGS_TRUNCATED = 1;
    public static final int EXEC_UPPER_LAYER = 2;
    public static final int EXEC_MEMFD = 4;
    public static final int EXEC_KILLED = 8;
    public static final int EXEC_PATH_TRUNCATED = 16;
    public static final int EXEC_FOUND_RUNNING = 32;

    public static final int OPEN_PATH_TRUNCATED = 1;
    public static final int OPEN_PATH_RELATIVE = 2;

    public static final int CONNECT_REFUSED = 1;
    public static final int CONNECT_ADDRESS_TRUNCATED = 2;

    private EventBits() {}
}
