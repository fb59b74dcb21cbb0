package io.kubeguardian.schema;

/** The bits of the flag fields in {@code events.avdl}; the same values in {@code bpf/include/events.h}. */
public final class EventBits {
    public static final int EXEC_ARGS_TRUNCATED = 1;
    public static final int EXEC_UPPER_LAYER = 2;
    public static final int EXEC_MEMFD = 4;
    public static final int EXEC_KILLED = 8;
    public static final int EXEC_PATH_TRUNCATED = 16;
    public static final int EXEC_FOUND_RUNNING = 32;

    public static final int EXEC_WRITABLE = 64;
    public static final int EXEC_ARGS_MASKED = 128;
    public static final int EXEC_ENVIRONMENT_TRUNCATED = 256;

    public static final int OPEN_PATH_TRUNCATED = 1;
    public static final int OPEN_PATH_RELATIVE = 2;
    public static final int OPEN_RAW_UNREADABLE = 4;

    public static final int CONNECT_REFUSED = 1;
    public static final int CONNECT_ADDRESS_TRUNCATED = 2;

    /** Of a FileChange: those of its first path are as of an open; the same of its second. */
    public static final int SECOND_PATH_TRUNCATED = 4;
    public static final int SECOND_PATH_RELATIVE = 8;

    public static final int CALL_TEXT_TRUNCATED = 1;
    public static final int CALL_PATH_RELATIVE = 2;
    public static final int CALL_TEXT_MASKED = 4;

    public static final int SOCKET_REFUSED = 1;
    public static final int SOCKET_ADDRESS_TRUNCATED = 2;

    public static final int DNS_TRUNCATED = 1;
    public static final int DNS_UNREADABLE = 2;
    public static final int DNS_SERVER = 4;
    public static final int DNS_UNASKED = 8;

    public static final int DUP_PATH_TRUNCATED = 1;

    private EventBits() {}
}
