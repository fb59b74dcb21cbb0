package io.kubeguardian.webhook.image;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.ImagePolicySettings;
import io.kubeguardian.config.ImagePolicySettings.Action;
import io.kubeguardian.config.ImagePolicySettings.Identity;
import io.kubeguardian.policy.cel.Expression;
import io.kubeguardian.policy.cel.ExpressionException;
import io.kubeguardian.policy.cel.KubernetesCel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What images of some names need: {@link ImagePolicySettings}, with its files read and its expressions compiled. */
record ImagePolicy(
        String name, List<ImagePattern> images, List<TrustedKey> keys, List<Identity> identities, boolean signature,
        List<Attestation> attestations, Action action) {
    /** @param condition over the predicate; null: that it is there is enough */
    record Attestation(String predicateType, Expression condition) {}

    /** @throws ConfigException when a key cannot be read, or a condition is not CEL */
    static ImagePolicy of(ImagePolicySettings settings) {
        String at = "images.policies." + settings.name();
        List<TrustedKey> keys = new ArrayList<>();
        for (String file : settings.keys()) {
            try {
                keys.add(TrustedKey.read(Path.of(file)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(at + ".keys: " + e.getMessage(), e);
            }
        }
        List<Attestation> attestations = new ArrayList<>();
        for (ImagePolicySettings.Attestation attestation : settings.attestations()) {
            try {
                attestations.add(new Attestation(attestation.predicateType(), attestation.condition().isEmpty() ? null
                        : new KubernetesCel().condition(attestation.condition())));
            } catch (ExpressionException e) {
                throw new ConfigException(at + ".attestations: condition of " + attestation.predicateType() + ": "
                        + e.getMessage(), e);
            }
        }
        return new ImagePolicy(settings.name(), settings.images().stream().map(ImagePattern::new).toList(), keys,
                settings.identities(), settings.signature(), attestations, settings.action());
    }

    boolean matches(ImageReference image) {
        return images.stream().anyMatch(pattern -> pattern.matches(image));
    }
}
