package io.kubeguardian.webhook.image;

/** A registry did not tell what was asked: it is away, slow, refuses, or talks nonsense. The message is for a person. */
final class RegistryException extends Exception {
    private static final long serialVersionUID = 1;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
