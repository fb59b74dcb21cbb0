package io.kubeguardian.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The Pod Security Standards, exactly as Kubernetes' own admission plugin judges them, for each level and version.
 *
 * <p>Source: "Pod Security Standards" in Kubernetes' documentation, and k8s.io/pod-security-admission/policy as of v1.35, which
 * says what the page leaves open: ephemeral containers count; an empty profile is not an absent one; from v1.25 the
 * restricted level asks nothing of Windows pods that only Linux knows, and takes baseline's seccomp and capabilities back
 * for them; from v1.34 probes name no host; from v1.35 a pod with a user namespace may run as root, and at baseline
 * unmask /proc.
 */
public final class PodSecurity {
    /** The highest version with rules of its own; all later ones are the same. */
    public static final int LATEST = 35;

    private static final Set<String> DEFAULT_CAPABILITIES = Set.of("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID",
            "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");
    private static final Set<String> SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start");
    private static final Set<String> SYSCTLS_29 = Set.of("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SYSCTLS_32 = Set.of("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
    private static final Set<String> SELINUX_TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
    private static final Set<String> RESTRICTED_VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
            "image", "persistentVolumeClaim", "projected", "secret");

    private static final String APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
    private static final String SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
    private static final String SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/";

    private final boolean restricted;
    private final int minor;
    private final boolean alone;

    private PodSecurity(boolean restricted, int minor, boolean alone) {
        this.restricted = restricted;
        this.minor = minor;
        this.alone = alone;
    }

    /**
     * The checks of one level and version: a pod keeps to it when they find nothing.
     *
     * @param minor version 1.{@code minor} of Kubernetes
     */
    public static List<Check> checks(Framework level, int minor) {
        return new PodSecurity(level == Framework.PSS_RESTRICTED, Math.min(minor, LATEST), true).checks();
    }

    /** Both levels at the latest version, each fault told once. */
    static List<Check> all() {
        return new PodSecurity(true, LATEST, false).checks();
    }

    private List<Check> checks() {
        List<Check> checks = new ArrayList<>(List.of(
                Rule.containers("privileged-container", PodSecurity::privileged),
                Rule.pod("host-network", (pod, findings) -> hostNamespace(pod, "hostNetwork", findings)),
                Rule.pod("host-pid", (pod, findings) -> hostNamespace(pod, "hostPID", findings)),
                Rule.pod("host-ipc", (pod, findings) -> hostNamespace(pod, "hostIPC", findings)),
                Rule.pod("host-path-volume", this::hostPaths),
                Rule.containers("host-port", PodSecurity::hostPorts),
                Rule.containers("added-capabilities", this::addedCapabilities),
                Rule.pod("apparmor-profile", PodSecurity::appArmor),
                Rule.pod("selinux-options", this::seLinux),
                Rule.containers("proc-mount", this::procMount),
                Rule.pod("seccomp-profile", this::seccomp),
                Rule.pod("unsafe-sysctl", this::sysctls),
                Rule.pod("windows-host-process", PodSecurity::hostProcess)));
        if (minor >= 34) {
            checks.add(Rule.containers("host-probe", PodSecurity::hostProbes));
        }
        if (!restricted) {
            return checks;
        }
        checks.add(Rule.pod("volume-type", this::volumeTypes));
        checks.add(Rule.pod("run-as-non-root", this::runAsNonRoot));
        if (minor >= 8) {
            checks.add(Rule.containers("privilege-escalation", this::privilegeEscalation));
        }
        if (minor >= 19) {
            checks.add(Rule.pod("seccomp-missing", this::seccompMissing));
        }
        if (minor >= 22) {
            checks.add(Rule.containers("capabilities-not-dropped", this::capabilitiesNotDropped));
            checks.add(Rule.containers("restricted-capabilities", this::restrictedCapabilities));
        }
        if (minor >= 23) {
            checks.add(Rule.pod("run-as-root", this::runAsRoot));
        }
        return checks;
    }

    /** Linux alone knows seccomp, capabilities and privilege escalation: restricted asks nothing there of Windows pods. */
    private boolean exempt(PodSpec pod) {
        return restricted && minor >= 25 && pod.isWindows();
    }

    private static void privileged(PodSpec.Container container, Findings findings) {
        if (container.context().get("privileged").isTrue()) {
            String path = container.path("securityContext.privileged");
            findings.add(path, container.nearContext("privileged"), path + " is true (" + container.label() + ')',
                    container.fix(Node.flag(false), "securityContext", "privileged"));
        }
    }

    private static void hostNamespace(PodSpec pod, String field, Findings findings) {
        if (pod.spec().get(field).isTrue()) {
            String path = pod.path(field);
            findings.add(path, pod.near(field), path + " is true", pod.fix(Node.flag(false), field));
        }
    }

    private void hostPaths(PodSpec pod, Findings findings) {
        Node volumes = pod.spec().get("volumes");
        for (int i = 0; volumes.isArray() && i < volumes.size(); i++) {
            Node volume = volumes.at(i);
            Node hostPath = volume.get("hostPath");
            if (hostPath.isPresent() && !(alone && restricted && isRestrictedVolume(volume))) {
                findings.add(pod.path("volumes[" + i + "].hostPath"), hostPath,
                        "volume \"" + volume.get("name").text() + "\" is the node's " + hostPath.get("path").text());
            }
        }
    }

    private static boolean isRestrictedVolume(Node volume) {
        for (String type : RESTRICTED_VOLUMES) {
            if (volume.get(type).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private void volumeTypes(PodSpec pod, Findings findings) {
        Node volumes = pod.spec().get("volumes");
        for (int i = 0; volumes.isArray() && i < volumes.size(); i++) {
            Node volume = volumes.at(i);
            if (!volume.isPresent() || isRestrictedVolume(volume) || !alone && volume.get("hostPath").isPresent()) {
                continue;
            }
            String type = null; // the API server makes an emptyDir of a volume that names no source
            for (int k = 0; volume.isObject() && k < volume.size(); k++) {
                if (!volume.name(k).equals("name") && volume.at(k).isPresent()) {
                    type = volume.name(k);
                }
            }
            if (type == null) {
                continue;
            }
            findings.add(pod.path("volumes[" + i + ']'), volume,
                    "volume \"" + volume.get("name").text() + "\" is of type " + type);
        }
    }

    private static void hostPorts(PodSpec.Container container, Findings findings) {
        Node ports = container.node().get("ports");
        for (int i = 0; ports.isArray() && i < ports.size(); i++) {
            Node port = ports.at(i).get("hostPort");
            if (port.isPresent() && !port.isZero()) {
                findings.add(container.path("ports[" + i + "].hostPort"), port,
                        container.label() + " takes port " + port.scalarText() + " of the node");
            }
        }
    }

    private static void hostProbes(PodSpec.Container container, Findings findings) {
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            hosts(container, container.node().get(probe), probe, findings);
        }
        Node lifecycle = container.node().get("lifecycle");
        hosts(container, lifecycle.get("postStart"), "lifecycle.postStart", findings);
        hosts(container, lifecycle.get("preStop"), "lifecycle.preStop", findings);
    }

    private static void hosts(PodSpec.Container container, Node handler, String field, Findings findings) {
        for (String way : List.of("httpGet", "tcpSocket")) {
            Node host = handler.get(way).get("host");
            if (host.isPresent() && !host.scalarText().isEmpty()) {
                findings.add(container.path(field + '.' + way + ".host"), host,
                        field + " of " + container.label() + " asks " + host.scalarText());
            }
        }
    }

    private void addedCapabilities(PodSpec.Container container, Findings findings) {
        if (!exempt(container.pod())) {
            capabilities(container, findings, name -> !DEFAULT_CAPABILITIES.contains(name), DEFAULT_CAPABILITIES::contains);
        }
    }

    /** Those beyond the default set are found already. */
    private void restrictedCapabilities(PodSpec.Container container, Findings findings) {
        if (!exempt(container.pod())) {
            capabilities(container, findings,
                    name -> !name.equals("NET_BIND_SERVICE") && DEFAULT_CAPABILITIES.contains(name), "NET_BIND_SERVICE"::equals);
        }
    }

    /** Tells every added capability that is bad; the fix keeps what may stay. */
    static void capabilities(PodSpec.Container container, Findings findings, Predicate<String> isBad,
            Predicate<String> mayStay) {
        Node added = container.context().get("capabilities").get("add");
        Fix fix = null;
        for (int i = 0; added.isArray() && i < added.size(); i++) {
            String name = added.at(i).scalarText();
            if (isBad.test(name)) {
                fix = fix == null ? keep(container, added, mayStay) : fix;
                findings.add(container.path("securityContext.capabilities.add[" + i + ']'), added.at(i),
                        container.label() + " adds capability " + name, fix);
            }
        }
    }

    private static Fix keep(PodSpec.Container container, Node added, Predicate<String> mayStay) {
        List<Node> kept = new ArrayList<>();
        added.forEach(one -> {
            if (mayStay.test(one.scalarText())) {
                kept.add(one);
            }
        });
        return container.fix(Node.array(kept, 0), "securityContext", "capabilities", "add");
    }

    private void capabilitiesNotDropped(PodSpec.Container container, Findings findings) {
        Node capabilities = container.context().get("capabilities");
        if (exempt(container.pod()) || capabilities.get("drop").contains("ALL")) {
            return;
        }
        Node near = capabilities.isPresent() ? capabilities : container.nearContext("capabilities");
        findings.add(container.path("securityContext.capabilities.drop"), near,
                container.label() + " does not drop ALL capabilities",
                container.fix(Node.array(List.of(Node.string("ALL")), 0), "securityContext", "capabilities", "drop"));
    }

    private void privilegeEscalation(PodSpec.Container container, Findings findings) {
        Node allowed = container.context().get("allowPrivilegeEscalation");
        if (minor >= 25 && container.pod().isWindows() || allowed.isFalse()) {
            return;
        }
        // Kubernetes refuses a privileged container that may not escalate, and one with SYS_ADMIN.
        boolean fixable = !container.context().get("privileged").isTrue()
                && !container.context().get("capabilities").get("add").contains("SYS_ADMIN");
        findings.add(container.path("securityContext.allowPrivilegeEscalation"),
                container.nearContext("allowPrivilegeEscalation"),
                container.label() + (allowed.isTrue() ? " allows" : " does not forbid") + " privilege escalation",
                fixable ? new Fix[] {container.fix(Node.flag(false), "securityContext", "allowPrivilegeEscalation")}
                        : new Fix[] {});
    }

    private static void appArmor(PodSpec pod, Findings findings) {
        profile(pod, pod.path("securityContext.appArmorProfile"), pod.spec().get("securityContext").get("appArmorProfile"),
                "the pod's AppArmor profile", findings, new Fix[] {});
        for (PodSpec.Container container : pod.containers()) {
            profile(pod, container.path("securityContext.appArmorProfile"), container.context().get("appArmorProfile"),
                    "the AppArmor profile of " + container.label(), findings, new Fix[] {});
        }
        Node annotations = pod.metadata().get("annotations");
        for (int i = 0; annotations.isObject() && i < annotations.size(); i++) {
            String name = annotations.name(i);
            String value = annotations.at(i).scalarText();
            if (name.startsWith(APPARMOR) && !value.isEmpty() && !value.equals("runtime/default")
                    && !value.startsWith("localhost/")) {
                findings.add(Paths.field(pod.metadataPath("annotations"), name), annotations.at(i),
                        "annotation " + name + " is " + value);
            }
        }
    }

    /** A seccomp or AppArmor profile: where there is one, its type is RuntimeDefault or Localhost. */
    private static void profile(PodSpec pod, String path, Node profile, String what, Findings findings, Fix[] fixes) {
        if (profile.isPresent() && !isSafe(profile)) {
            String type = profile.get("type").scalarText();
            findings.add(path + ".type", profile.get("type").isPresent() ? profile.get("type") : profile,
                    what + (type.isEmpty() ? " has no type" : " is " + type), fixes);
        }
    }

    private static boolean isSafe(Node profile) {
        String type = profile.get("type").text();
        return type.equals("RuntimeDefault") || type.equals("Localhost");
    }

    private void seLinux(PodSpec pod, Findings findings) {
        seLinux(pod.path("securityContext.seLinuxOptions"), pod.spec().get("securityContext").get("seLinuxOptions"),
                "the pod", findings);
        for (PodSpec.Container container : pod.containers()) {
            seLinux(container.path("securityContext.seLinuxOptions"), container.context().get("seLinuxOptions"),
                    container.label(), findings);
        }
    }

    private void seLinux(String path, Node options, String who, Findings findings) {
        String type = options.get("type").scalarText();
        if (!SELINUX_TYPES.contains(type) && !(minor >= 31 && type.equals("container_engine_t"))) {
            findings.add(path + ".type", options.get("type"), who + " sets SELinux type " + type);
        }
        for (String field : List.of("user", "role")) {
            String value = options.get(field).scalarText();
            if (!value.isEmpty()) {
                findings.add(path + '.' + field, options.get(field), who + " sets SELinux " + field + ' ' + value);
            }
        }
    }

    private void procMount(PodSpec.Container container, Findings findings) {
        Node mount = container.context().get("procMount");
        if (mount.isPresent() && !mount.text().equals("Default")
                && !(minor >= 35 && !restricted && container.pod().hasUserNamespace())) {
            findings.add(container.path("securityContext.procMount"), mount,
                    container.label() + " mounts /proc " + mount.scalarText(),
                    container.fix(Node.string("Default"), "securityContext", "procMount"));
        }
    }

    private void seccomp(PodSpec pod, Findings findings) {
        if (exempt(pod)) {
            return;
        }
        if (minor < 19) {
            seccompAnnotations(pod, findings);
            return;
        }
        Node type = Node.string("RuntimeDefault");
        profile(pod, pod.path("securityContext.seccompProfile"), pod.spec().get("securityContext").get("seccompProfile"),
                "the pod's seccomp profile", findings,
                new Fix[] {pod.fix(type, "securityContext", "seccompProfile", "type")});
        for (PodSpec.Container container : pod.containers()) {
            profile(pod, container.path("securityContext.seccompProfile"), container.context().get("seccompProfile"),
                    "the seccomp profile of " + container.label(), findings,
                    new Fix[] {container.fix(type, "securityContext", "seccompProfile", "type")});
        }
    }

    private static void seccompAnnotations(PodSpec pod, Findings findings) {
        Node annotations = pod.metadata().get("annotations");
        seccompAnnotation(pod, annotations, SECCOMP_POD, findings);
        for (PodSpec.Container container : pod.containers()) {
            seccompAnnotation(pod, annotations, SECCOMP_CONTAINER + container.name(), findings);
        }
    }

    private static void seccompAnnotation(PodSpec pod, Node annotations, String name, Findings findings) {
        String value = annotations.get(name).scalarText();
        if (annotations.get(name).isPresent() && !value.equals("runtime/default") && !value.equals("docker/default")
                && !value.startsWith("localhost/")) {
            findings.add(Paths.field(pod.metadataPath("annotations"), name), annotations.get(name),
                    "annotation " + name + " is " + value);
        }
    }

    private void seccompMissing(PodSpec pod, Findings findings) {
        Node ofPod = pod.spec().get("securityContext").get("seccompProfile");
        if (exempt(pod) || ofPod.isPresent() && isSafe(ofPod)) {
            return;
        }
        for (PodSpec.Container container : pod.containers()) {
            if (!container.context().get("seccompProfile").isPresent()) {
                findings.add(pod.path("securityContext.seccompProfile"), pod.near("securityContext"),
                        "neither the pod nor " + container.label() + " sets a seccomp profile",
                        pod.fix(Node.string("RuntimeDefault"), "securityContext", "seccompProfile", "type"));
                return;
            }
        }
    }

    private void sysctls(PodSpec pod, Findings findings) {
        Node sysctls = pod.spec().get("securityContext").get("sysctls");
        for (int i = 0; sysctls.isArray() && i < sysctls.size(); i++) {
            String name = sysctls.at(i).get("name").scalarText();
            boolean safe = SYSCTLS.contains(name) || minor >= 27 && name.equals("net.ipv4.ip_local_reserved_ports")
                    || minor >= 29 && SYSCTLS_29.contains(name) || minor >= 32 && SYSCTLS_32.contains(name);
            if (!safe && sysctls.at(i).isPresent()) {
                findings.add(pod.path("securityContext.sysctls[" + i + "].name"), sysctls.at(i), "the pod sets sysctl " + name);
            }
        }
    }

    private static void hostProcess(PodSpec pod, Findings findings) {
        Node ofPod = pod.spec().get("securityContext").get("windowsOptions").get("hostProcess");
        if (ofPod.isTrue()) {
            findings.add(pod.path("securityContext.windowsOptions.hostProcess"), ofPod, "the pod runs on the node itself",
                    pod.fix(Node.flag(false), "securityContext", "windowsOptions", "hostProcess"));
        }
        for (PodSpec.Container container : pod.containers()) {
            Node own = container.context().get("windowsOptions").get("hostProcess");
            if (own.isTrue()) {
                findings.add(container.path("securityContext.windowsOptions.hostProcess"), own,
                        container.label() + " runs on the node itself",
                        container.fix(Node.flag(false), "securityContext", "windowsOptions", "hostProcess"));
            }
        }
    }

    private boolean mayBeRoot(PodSpec pod) {
        return minor >= 35 && pod.hasUserNamespace();
    }

    private void runAsNonRoot(PodSpec pod, Findings findings) {
        if (mayBeRoot(pod)) {
            return;
        }
        Node ofPod = pod.spec().get("securityContext").get("runAsNonRoot");
        Fix podFix = pod.fix(Node.flag(true), "securityContext", "runAsNonRoot");
        if (ofPod.isFalse()) {
            findings.add(pod.path("securityContext.runAsNonRoot"), ofPod, "the pod's runAsNonRoot is false", podFix);
        }
        for (PodSpec.Container container : pod.containers()) {
            Node own = container.context().get("runAsNonRoot");
            if (own.isFalse()) {
                findings.add(container.path("securityContext.runAsNonRoot"), own,
                        "runAsNonRoot of " + container.label() + " is false",
                        container.fix(Node.flag(true), "securityContext", "runAsNonRoot"));
            } else if (!own.isTrue() && !ofPod.isTrue()) {
                findings.add(container.path("securityContext.runAsNonRoot"), container.nearContext("runAsNonRoot"),
                        "neither the pod nor " + container.label() + " sets runAsNonRoot", podFix);
            }
        }
    }

    private void runAsRoot(PodSpec pod, Findings findings) {
        if (mayBeRoot(pod)) {
            return;
        }
        Node ofPod = pod.spec().get("securityContext").get("runAsUser");
        if (ofPod.isZero()) {
            findings.add(pod.path("securityContext.runAsUser"), ofPod, "the pod's runAsUser is 0");
        }
        for (PodSpec.Container container : pod.containers()) {
            Node own = container.context().get("runAsUser");
            if (own.isZero()) {
                findings.add(container.path("securityContext.runAsUser"), own, "runAsUser of " + container.label() + " is 0");
            }
        }
    }
}
