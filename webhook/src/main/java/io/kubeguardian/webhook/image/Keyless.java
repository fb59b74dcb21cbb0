package io.kubeguardian.webhook.image;

import io.kubeguardian.config.ImagePolicySettings.Identity;
import java.util.List;
import java.util.Optional;

/** Verifies signatures of short-lived certificates that authorities gave to identities, and logs recorded. */
interface Keyless {
    /** Where nothing keyless is configured: it vouches for nothing, and loads nothing. */
    Keyless NONE = new Keyless() {
        @Override
        public Optional<byte[]> bundle(byte[] bundle, Digest image, List<Identity> identities) throws UntrustedException {
            throw new UntrustedException("it is keyless, and no identity is trusted");
        }

        @Override
        public void signature(Evidence.Signature signature, List<Identity> identities) throws UntrustedException {
            throw new UntrustedException("it is keyless, and no identity is trusted");
        }
    };

    /**
     * Verifies a Sigstore bundle over an image, or over an in-toto statement with the image among its subjects.
     *
     * @return the statement; empty when the signature is over the image itself
     */
    Optional<byte[]> bundle(byte[] bundle, Digest image, List<Identity> identities) throws UntrustedException;

    /** Verifies a signature over its payload; what the payload says is the caller's business. */
    void signature(Evidence.Signature signature, List<Identity> identities) throws UntrustedException;
}
