package io.kubeguardian.collector.ffm;

/** A native call failed, or cannot be made here. The message says what, and what to do where that is known. */
public final class NativeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public NativeException(String message, Throwable cause) {
        super(message, cause);
        this.errno = 0;
    }

    /** @param errno of errno(3), positive */
    public NativeException(String call, int errno) {
        super(call + ": " + Libc.errorText(errno) + hint(errno));
        this.errno = errno;
    }

    /** The error number, 0 when the failure has none. */
    public int errno() {
        return errno;
    }

    private static String hint(int errno) {
        return switch (errno) {
            case Libc.EPERM, Libc.EACCES -> " (this kernel refuses it, or the process is not privileged in the first user namespace)";
            default -> "";
        };
    }
}
