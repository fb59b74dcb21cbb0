package io.kubeguardian.webhook.image;

import java.util.Optional;

/**
 * Whom an image says its programs run as.
 *
 * @param digest what was read; null when it is not known
 * @param isAnother whether it is a number other than 0 on every platform that the image is for. A name may be anybody's:
 *     it stands in the image's own passwd file, and the kubelet starts no container with {@code runAsNonRoot} by one
 * @param unavailable why it could not be told; empty when it could
 */
record ImageUser(Digest digest, boolean isAnother, String unavailable) implements LookupCache.Result {
    /** As long as the largest user of Linux that Kubernetes takes, 2,147,483,647. */
    private static final int MOST_DIGITS = 10;

    static ImageUser unavailable(String why) {
        return new ImageUser(null, false, why);
    }

    @Override
    public boolean isGood() {
        return unavailable.isEmpty();
    }

    /**
     * Whether a configuration's {@code User} is a number that is not 0, as container runtimes read it: {@code user} or
     * {@code user:group}, each a name or a number (OCI image specification v1.1, "Properties").
     */
    static boolean isAnotherNumber(String user) {
        int colon = user.indexOf(':');
        String id = colon < 0 ? user : user.substring(0, colon);
        return id.length() <= MOST_DIGITS && number(id).filter(number -> number > 0 && number <= Integer.MAX_VALUE)
                .isPresent();
    }

    private static Optional<Long> number(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9') ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }
}
