package io.kubeguardian.config;

/** The configuration cannot be used. The message says where, what, and what to do: one line for a person. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
