package io.kubeguardian.process;

/** Keyed state cannot be read or written: the job must stop and go on from its checkpoint, whatever it is doing. */
public final class StateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
