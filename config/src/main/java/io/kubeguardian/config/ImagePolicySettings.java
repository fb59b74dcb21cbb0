package io.kubeguardian.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What the images of some registries and repositories need. An image that several policies match needs what each says.
 *
 * @param name of the policy, in messages
 * @param images patterns of {@code registry/repository}, written in full ({@code docker.io/library/nginx}); {@code *} is
 *     anything but a slash, {@code **} anything
 * @param keys PEM files with public keys (ECDSA, Ed25519, RSA)
 * @param identities of keyless signers; one key or identity that signed is enough
 * @param signature whether a signature is needed; true
 * @param attestations that are needed, each signed by one of the keys or identities
 * @param action what becomes of an image that lacks them; deny
 */
public record ImagePolicySettings(
        String name, List<String> images, List<String> keys, List<Identity> identities, Boolean signature,
        List<Attestation> attestations, Action action) {
    /** Deny or warn. */
    public enum Action {
        @JsonProperty("deny") DENY,
        @JsonProperty("warn") WARN
    }

    /**
     * A keyless signer: exactly, or by a regular expression (RE2) for the whole of it.
     *
     * @param issuer of the OpenID token, a URL
     * @param subject e-mail address or URI in the certificate
     */
    public record Identity(String issuer, String issuerRegex, String subject, String subjectRegex) {
        public Identity {
            issuer = issuer == null ? "" : issuer;
            issuerRegex = issuerRegex == null ? "" : issuerRegex;
            subject = subject == null ? "" : subject;
            subjectRegex = subjectRegex == null ? "" : subjectRegex;
            if (issuer.isEmpty() == issuerRegex.isEmpty() || subject.isEmpty() == subjectRegex.isEmpty()) {
                throw new ConfigException("images.policies: an identity needs one of issuer and issuerRegex, and one of"
                        + " subject and subjectRegex");
            }
        }
    }

    /**
     * An in-toto attestation.
     *
     * @param predicateType such as {@code https://slsa.dev/provenance/v1}
     * @param condition CEL over {@code object}, the predicate; empty: that it is there is enough
     */
    public record Attestation(String predicateType, String condition) {
        public Attestation {
            if (predicateType == null || predicateType.isBlank()) {
                throw new ConfigException("images.policies: an attestation needs a predicateType");
            }
            condition = condition == null ? "" : condition;
        }
    }

    public ImagePolicySettings {
        if (name == null || name.isBlank()) {
            throw new ConfigException("images.policies: a policy needs a name");
        }
        String at = "images.policies." + name;
        images = images == null ? List.of() : List.copyOf(images);
        keys = keys == null ? List.of() : List.copyOf(keys);
        identities = identities == null ? List.of() : List.copyOf(identities);
        attestations = attestations == null ? List.of() : List.copyOf(attestations);
        signature = signature == null || signature;
        action = action == null ? Action.DENY : action;
        if (images.isEmpty() || images.stream().anyMatch(String::isBlank)) {
            throw new ConfigException(at + ".images must name patterns such as docker.io/library/*");
        }
        if (keys.isEmpty() && identities.isEmpty()) {
            throw new ConfigException(at + " needs keys or identities: whose signature is to be trusted?");
        }
        if (!signature && attestations.isEmpty()) {
            throw new ConfigException(at + " asks for neither a signature nor attestations");
        }
    }
}
