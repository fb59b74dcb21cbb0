package io.kubeguardian.policy;

/** An object that Kubernetes itself would refuse. The message names the field and what is wrong with it. */
public final class InvalidObjectException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidObjectException(String message) {
        super(message);
    }
}
