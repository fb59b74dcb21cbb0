package io.kubeguardian.benchmarks;

/** A scenario cannot run on this machine. */
final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
        super(message);
    }
}
