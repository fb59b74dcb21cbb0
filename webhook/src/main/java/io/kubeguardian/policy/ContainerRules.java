package io.kubeguardian.policy;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What single containers ask for, beyond the Pod Security Standards. */
final class ContainerRules {
    /** Each of them is a way to the node: capabilities(7), and what container escapes have used. */
    private static final Set<String> DANGEROUS = Set.of("ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT",
            "DAC_READ_SEARCH", "BPF", "PERFMON", "MAC_ADMIN", "MAC_OVERRIDE", "NET_ADMIN", "CHECKPOINT_RESTORE");

    private ContainerRules() {}

    static List<Check> checks() {
        return List.of(
                Rule.containers("dangerous-capability", ContainerRules::dangerousCapability),
                Rule.containers("net-raw", ContainerRules::netRaw),
                Rule.containers("read-only-root", ContainerRules::readOnlyRoot),
                Rule.containers("memory-limit", (c, findings) -> resource(c, "limits", "memory", findings)),
                Rule.containers("cpu-limit", (c, findings) -> resource(c, "limits", "cpu", findings)),
                Rule.containers("memory-request", (c, findings) -> resource(c, "requests", "memory", findings)),
                Rule.containers("cpu-request", (c, findings) -> resource(c, "requests", "cpu", findings)),
                Rule.of("liveness-probe", ContainerRules::runsOn, (m, findings) -> probe(m, "livenessProbe", findings)),
                Rule.of("readiness-probe", ContainerRules::runsOn, (m, findings) -> probe(m, "readinessProbe", findings)),
                Rule.pod("ephemeral-container", ContainerRules::ephemeral),
                Rule.pod("windows-administrator", ContainerRules::windowsAdministrator));
    }

    private static void dangerousCapability(PodSpec.Container container, Findings findings) {
        PodSecurity.capabilities(container, findings, name -> DANGEROUS.contains(bare(name)),
                name -> !DANGEROUS.contains(bare(name)));
    }

    /** Some runtimes take {@code CAP_SYS_ADMIN} and {@code sys_admin} too. */
    private static String bare(String capability) {
        String upper = capability.toUpperCase(Locale.ROOT);
        return upper.startsWith("CAP_") ? upper.substring(4) : upper;
    }

    private static void netRaw(PodSpec.Container container, Findings findings) {
        Node capabilities = container.context().get("capabilities");
        if (container.pod().isWindows()) {
            return;
        }
        Node added = capabilities.get("add");
        for (int i = 0; added.isArray() && i < added.size(); i++) {
            if (bare(added.at(i).scalarText()).equals("NET_RAW")) {
                findings.add(container.path("securityContext.capabilities.add[" + i + ']'), added.at(i),
                        container.label() + " adds NET_RAW");
                return;
            }
        }
        for (Node dropped : capabilities.get("drop")) {
            String name = bare(dropped.scalarText());
            if (name.equals("ALL") || name.equals("NET_RAW")) {
                return;
            }
        }
        findings.add(container.path("securityContext.capabilities.drop"),
                capabilities.isPresent() ? capabilities : container.nearContext("capabilities"),
                container.label() + " keeps NET_RAW, which runtimes give by default");
    }

    private static void readOnlyRoot(PodSpec.Container container, Findings findings) {
        Node value = container.context().get("readOnlyRootFilesystem");
        if (!value.isTrue() && !container.isEphemeral() && !container.pod().isWindows()) {
            findings.add(container.path("securityContext.readOnlyRootFilesystem"),
                    container.nearContext("readOnlyRootFilesystem"),
                    container.label() + (value.isFalse() ? " makes" : " leaves") + " its root file system writable",
                    container.fix(Node.flag(true), "securityContext", "readOnlyRootFilesystem"));
        }
    }

    private static void resource(PodSpec.Container container, String kind, String resource, Findings findings) {
        Node resources = container.node().get("resources");
        // A limit stands for a request that is not given. Resources of the pod as a whole: KEP-2837.
        if (container.isEphemeral() || has(resources, kind, resource)
                || has(container.pod().spec().get("resources"), kind, resource)) {
            return;
        }
        Node group = resources.get(kind);
        findings.add(container.path("resources." + kind + '.' + resource),
                group.isPresent() ? group : container.near("resources"),
                container.label() + " has no " + resource + ' ' + kind.substring(0, kind.length() - 1));
    }

    private static boolean has(Node resources, String kind, String resource) {
        return resources.get(kind).get(resource).isPresent()
                || kind.equals("requests") && resources.get("limits").get(resource).isPresent();
    }

    /** Whether its pods are meant to go on: jobs end. */
    private static boolean runsOn(Manifest manifest) {
        return manifest.pod() != null && !manifest.group().equals("batch")
                && !Set.of("Never", "OnFailure").contains(manifest.pod().spec().get("restartPolicy").text());
    }

    private static void probe(Manifest manifest, String probe, Findings findings) {
        for (PodSpec.Container container : manifest.pod().containers()) {
            if (!container.isInit() && !container.isEphemeral() && !container.node().get(probe).isPresent()) {
                findings.add(container.path(probe), container.node(), container.label() + " has no " + probe);
            }
        }
    }

    private static void ephemeral(PodSpec pod, Findings findings) {
        for (PodSpec.Container container : pod.containers()) {
            if (container.isEphemeral()) {
                findings.add(container.path(""), container.node(),
                        "ephemeral " + container.label() + " stands in the manifest");
            }
        }
    }

    private static void windowsAdministrator(PodSpec pod, Findings findings) {
        administrator(pod.path("securityContext.windowsOptions.runAsUserName"), pod.spec().get("securityContext"), "the pod",
                findings);
        for (PodSpec.Container container : pod.containers()) {
            administrator(container.path("securityContext.windowsOptions.runAsUserName"), container.context(),
                    container.label(), findings);
        }
    }

    private static void administrator(String path, Node context, String who, Findings findings) {
        Node user = context.get("windowsOptions").get("runAsUserName");
        String name = user.text().toLowerCase(Locale.ROOT);
        String bare = name.substring(name.lastIndexOf('\\') + 1);
        if (Set.of("containeradministrator", "administrator", "system").contains(bare)) {
            findings.add(path, user, who + " runs as " + user.text());
        }
    }
}
