package io.kubeguardian.webhook;

import io.kubeguardian.config.AdmissionSettings;
import io.kubeguardian.config.HardenLabel;
import io.kubeguardian.config.HardeningPart;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * How new pods are hardened in a namespace: as the settings say for all, or as the namespace's label asks, where the settings
 * let it. A namespace that is not known yet, and a label that says something else, leave it at the settings.
 */
final class NamespaceHardening {
    static final String LABEL = "kubeguardian.io/harden";
    static final String RESTRICTED = "restricted";
    static final String OFF = "off";
    /** What the Pod Security Standard of that name asks for and can be filled in. */
    private static final Set<HardeningPart> RESTRICTED_PARTS = EnumSet.of(HardeningPart.SECCOMP, HardeningPart.CAPABILITIES,
            HardeningPart.ESCALATION, HardeningPart.NON_ROOT);

    private final HardenLabel label;
    private final Hardening cluster;
    private final Hardening restricted;
    private final Hardening off = new Hardening(List.of());

    /** @param byImage see {@link Hardening} */
    NamespaceHardening(AdmissionSettings settings, BiFunction<List<PodSpec.Container>, Duration, List<Fix>> byImage) {
        this.label = settings.hardenLabel();
        this.cluster = new Hardening(settings.harden(), byImage);
        Set<HardeningPart> more = EnumSet.copyOf(RESTRICTED_PARTS);
        more.addAll(settings.harden());
        this.restricted = new Hardening(new ArrayList<>(more), byImage);
    }

    /** @param namespace as policies see it; missing when it is not known */
    Hardening of(Node namespace) {
        String asked = namespace.get("metadata").get("labels").get(LABEL).text();
        if (asked.equals(RESTRICTED) && label != HardenLabel.IGNORE) {
            return restricted;
        }
        return asked.equals(OFF) && label == HardenLabel.ANY ? off : cluster;
    }
}
