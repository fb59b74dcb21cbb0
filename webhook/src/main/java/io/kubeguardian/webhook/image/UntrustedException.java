package io.kubeguardian.webhook.image;

/** A signature or attestation does not vouch for the image. The message says why, for a person. */
final class UntrustedException extends Exception {
    private static final long serialVersionUID = 1;

    UntrustedException(String message) {
        super(message);
    }

    UntrustedException(String message, Throwable cause) {
        super(message, cause);
    }
}
