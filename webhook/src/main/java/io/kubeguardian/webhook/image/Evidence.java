package io.kubeguardian.webhook.image;

import java.util.List;

/**
 * What stands beside an image in its registry.
 *
 * @param signatures cosign's signatures of old: tag {@code sha256-HEX.sig}
 * @param envelopes signed attestations of old, DSSE as JSON: tag {@code sha256-HEX.att}
 * @param bundles Sigstore bundles as JSON, which refer to the image
 * @param unread why some of it could not be read, for a person
 */
record Evidence(List<Signature> signatures, List<byte[]> envelopes, List<byte[]> bundles, List<String> unread) {
    /**
     * A signature and what it is over. cosign, specs/SIGNATURE_SPEC.md.
     *
     * @param payload "simple signing" JSON
     * @param certificate PEM, of a keyless signer; empty when there is none
     * @param chain PEM; of the certificate's issuers
     * @param logEntry JSON: what the transparency log promised; empty when there is none
     */
    record Signature(byte[] payload, byte[] signature, String certificate, String chain, String logEntry) {}
}
