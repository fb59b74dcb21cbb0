package io.kubeguardian.webhook;

/** A request body that is not an AdmissionReview this webhook understands. The message is one line for the caller. */
final class InvalidReviewException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 300;

    InvalidReviewException(String message) {
        super(Text.oneLine(message, LONGEST));
    }
}
