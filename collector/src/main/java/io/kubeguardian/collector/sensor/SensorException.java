package io.kubeguardian.collector.sensor;

/** The kernel sensors cannot run here. The message says why, and what to do. */
public final class SensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SensorException(String message) {
        super(message);
    }

    public SensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
