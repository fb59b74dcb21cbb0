package io.kubeguardian.webhook;

import io.kubeguardian.config.HardeningPart;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Fills in what a new pod leaves open. What the pod says itself is never changed, and nothing is set that the API server
 * would refuse beside the rest (ValidateSecurityContext of Kubernetes' pkg/apis/core/validation: no
 * {@code allowPrivilegeEscalation: false} beside {@code privileged} or SYS_ADMIN; no fields of Linux in pods for Windows).
 * Applied to its own result it adds nothing.
 */
final class Hardening {
    private static final String CONTEXT = "securityContext";
    /** From before Kubernetes 1.19; where it is left, the API server holds it against the field. */
    private static final String SECCOMP_ANNOTATION = "seccomp.security.alpha.kubernetes.io/pod";
    /** What the ServiceAccount admission plugin, which comes before webhooks, calls the volume that it adds. */
    private static final String TOKEN_VOLUME = "kube-api-access-";

    private final Set<HardeningPart> parts;
    private final BiFunction<List<PodSpec.Container>, Duration, List<Fix>> byImage;

    /** Goes by what pods say alone. */
    Hardening(List<HardeningPart> parts) {
        this(parts, (containers, waited) -> List.of());
    }

    /**
     * What is known beside the pod.
     *
     * @param waited for images already
     * @param staysInVolumes whether a container is known to write nowhere but to its volumes
     */
    record Known(Duration waited, Predicate<PodSpec.Container> staysInVolumes) {
        static final Known NOTHING = new Known(Duration.ZERO, container -> false);
    }

    /**
     * @param byImage what follows for containers that say nothing of their user, from their images; may wait, and is told
     *     how long the request has waited for images already
     */
    Hardening(List<HardeningPart> parts, BiFunction<List<PodSpec.Container>, Duration, List<Fix>> byImage) {
        this.parts = parts.isEmpty() ? Set.of() : EnumSet.copyOf(parts);
        this.byImage = byImage;
    }

    /**
     * @param manifest a Pod
     * @param ephemeralOnly the request adds ephemeral containers: nothing else may change
     */
    List<Fix> fixes(Manifest manifest, boolean ephemeralOnly, Known known) {
        List<Fix> fixes = new ArrayList<>();
        PodSpec pod = manifest.pod();
        if (!ephemeralOnly && parts.contains(HardeningPart.TOKEN)) {
            token(pod, fixes);
        }
        if (isForWindows(pod)) {
            return fixes;
        }
        if (!ephemeralOnly && parts.contains(HardeningPart.SECCOMP) && !saysSeccomp(pod)) {
            fixes.add(pod.fix(Node.string("RuntimeDefault"), CONTEXT, "seccompProfile", "type"));
        }
        List<PodSpec.Container> silent = new ArrayList<>();
        for (PodSpec.Container container : pod.containers()) {
            // The ephemeral containers of a pod that is created are none yet, or not this request's to set.
            if (container.isEphemeral() == ephemeralOnly) {
                container(container, known, fixes);
                if (!effective(container, "runAsNonRoot").isPresent() && !effective(container, "runAsUser").isPresent()) {
                    silent.add(container);
                }
            }
        }
        if (parts.contains(HardeningPart.NON_ROOT) && !silent.isEmpty()) {
            fixes.addAll(byImage.apply(silent, known.waited()));
        }
        return fixes;
    }

    /** By what the pod says alone. */
    List<Fix> fixes(Manifest manifest, boolean ephemeralOnly) {
        return fixes(manifest, ephemeralOnly, Known.NOTHING);
    }

    private void container(PodSpec.Container container, Known known, List<Fix> fixes) {
        Node context = container.context();
        boolean privileged = context.get("privileged").isTrue();
        if (parts.contains(HardeningPart.ESCALATION) && !context.get("allowPrivilegeEscalation").isPresent()
                && !privileged && !adds(container, "SYS_ADMIN")) {
            fixes.add(container.fix(Node.flag(false), CONTEXT, "allowPrivilegeEscalation"));
        }
        // Runtimes add ALL before they drop ALL: a container that asks for all of them would have none.
        if (parts.contains(HardeningPart.CAPABILITIES) && !context.get("capabilities").get("drop").isPresent()
                && !privileged && !adds(container, "ALL")) {
            fixes.add(container.fix(Node.array(List.of(Node.string("ALL")), 0), CONTEXT, "capabilities", "drop"));
        }
        if (parts.contains(HardeningPart.NON_ROOT) && !effective(container, "runAsNonRoot").isPresent()
                && namesAnotherUser(effective(container, "runAsUser"))) {
            fixes.add(container.fix(Node.flag(true), CONTEXT, "runAsNonRoot"));
        }
        if (!container.isEphemeral() && !privileged && !context.get("readOnlyRootFilesystem").isPresent()
                && (parts.contains(HardeningPart.READ_ONLY_ROOT)
                        || parts.contains(HardeningPart.LEARNED_READ_ONLY_ROOT) && known.staysInVolumes().test(container))) {
            fixes.add(container.fix(Node.flag(true), CONTEXT, "readOnlyRootFilesystem"));
        }
    }

    /** Also by what pods for Windows had before they could say it in {@code os}. */
    private static boolean isForWindows(PodSpec pod) {
        return pod.isWindows() || pod.spec().get("nodeSelector").get("kubernetes.io/os").text().equals("windows")
                || pod.spec().get(CONTEXT).get("windowsOptions").isObject()
                || pod.containers().stream().anyMatch(each -> each.context().get("windowsOptions").isObject());
    }

    private static Node effective(PodSpec.Container container, String field) {
        Node own = container.context().get(field);
        return own.isPresent() ? own : container.pod().spec().get(CONTEXT).get(field);
    }

    private static boolean namesAnotherUser(Node user) {
        return user.kind() == Node.Kind.NUMBER && !user.scalarText().equals("0");
    }

    private static boolean adds(PodSpec.Container container, String capability) {
        for (Node added : container.context().get("capabilities").get("add")) {
            String name = added.text().toUpperCase(Locale.ROOT);
            if (name.equals(capability) || name.equals("CAP_" + capability) || name.equals("ALL")) {
                return true;
            }
        }
        return false;
    }

    private static boolean saysSeccomp(PodSpec pod) {
        return pod.spec().get(CONTEXT).get("seccompProfile").isPresent()
                || pod.metadata().get("annotations").get(SECCOMP_ANNOTATION).isPresent();
    }

    /** For pods that neither name a service account nor say that they want its token. */
    private static void token(PodSpec pod, List<Fix> fixes) {
        String account = pod.spec().get("serviceAccountName").text();
        if (pod.spec().get("automountServiceAccountToken").isPresent() || !account.isEmpty() && !account.equals("default")) {
            return;
        }
        fixes.add(pod.fix(Node.flag(false), "automountServiceAccountToken"));
        without(pod.spec().get("volumes")).ifPresent(left -> fixes.add(pod.fix(left, "volumes")));
        for (PodSpec.Container container : pod.containers()) {
            without(container.node().get("volumeMounts")).ifPresent(left -> fixes.add(container.fix(left, "volumeMounts")));
        }
    }

    /** The list without the plugin's volume; empty where it is not in there. */
    private static Optional<Node> without(Node list) {
        List<Node> left = new ArrayList<>();
        for (Node item : list) {
            if (!item.get("name").text().startsWith(TOKEN_VOLUME)) {
                left.add(item);
            }
        }
        return left.size() == list.size() ? Optional.empty() : Optional.of(Node.array(left, 0));
    }
}
