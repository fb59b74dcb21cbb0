package io.kubeguardian.policy;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What pods as a whole ask for, beyond the Pod Security Standards. */
final class PodRules {
    private static final List<String> SOCKETS = List.of("docker.sock", "containerd.sock", "containerd.sock.ttrpc", "crio.sock",
            "dockershim.sock", "cri-dockerd.sock", "podman.sock", "buildkitd.sock", "frakti.sock", "rktlet.sock");
    /** Folders of which everything below is sensitive too. */
    private static final List<String> SENSITIVE_TREES = List.of("/etc", "/root", "/boot", "/proc", "/sys", "/dev",
            "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/lib/etcd", "/usr", "/bin", "/sbin", "/lib",
            "/lib64", "/home", "/run/containerd", "/var/run/containerd", "/run/crio", "/var/run/crio");
    /** Folders that are sensitive as a whole, while what is below them may be harmless. */
    private static final Set<String> SENSITIVE = Set.of("/", "/var", "/var/lib", "/run", "/var/run", "/opt", "/mnt");

    private PodRules() {}

    static List<Check> checks() {
        return List.of(
                Rule.pod("container-runtime-socket", PodRules::sockets),
                Rule.pod("sensitive-host-path", PodRules::sensitivePaths),
                Rule.pod("writable-host-path", PodRules::writablePaths),
                Rule.pod("service-account-token", PodRules::token),
                Rule.pod("default-service-account", PodRules::defaultAccount),
                Rule.pod("shared-process-namespace", PodRules::sharedProcesses),
                Rule.of("default-namespace", manifest -> !manifest.is("", "Namespace") && manifest.pod() != null,
                        PodRules::defaultNamespace),
                Rule.pod("invalid-field", (pod, findings) -> PodShape.problems(pod)
                        .forEach(problem -> findings.add(problem.path(), problem.line(), problem.message()))));
    }

    private static void sockets(PodSpec pod, Findings findings) {
        eachHostPath(pod, (i, volume, path) -> {
            for (String socket : SOCKETS) {
                if (path.endsWith('/' + socket)) {
                    findings.add(pod.path("volumes[" + i + "].hostPath.path"), volume.get("hostPath"),
                            "volume \"" + volume.get("name").text() + "\" is " + path);
                }
            }
        });
    }

    private static void sensitivePaths(PodSpec pod, Findings findings) {
        eachHostPath(pod, (i, volume, path) -> {
            boolean socket = SOCKETS.stream().anyMatch(one -> path.endsWith('/' + one));
            boolean below = SENSITIVE_TREES.stream().anyMatch(tree -> path.equals(tree) || path.startsWith(tree + '/'));
            if (!socket && (SENSITIVE.contains(path) || below)) {
                findings.add(pod.path("volumes[" + i + "].hostPath.path"), volume.get("hostPath"),
                        "volume \"" + volume.get("name").text() + "\" is the node's " + path);
            }
        });
    }

    private interface HostPath {
        void at(int index, Node volume, String path);
    }

    private static void eachHostPath(PodSpec pod, HostPath action) {
        Node volumes = pod.spec().get("volumes");
        for (int i = 0; volumes.isArray() && i < volumes.size(); i++) {
            Node hostPath = volumes.at(i).get("hostPath");
            if (hostPath.isPresent()) {
                action.at(i, volumes.at(i), normal(hostPath.get("path").text()));
            }
        }
    }

    /** Without double slashes, dots and a slash at the end: {@code /var//run/./x/..} is {@code /var/run}. */
    private static String normal(String path) {
        ArrayDeque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return '/' + String.join("/", parts);
    }

    private static void writablePaths(PodSpec pod, Findings findings) {
        Map<String, String> paths = new HashMap<>();
        eachHostPath(pod, (i, volume, path) -> paths.put(volume.get("name").text(), path));
        if (paths.isEmpty()) {
            return;
        }
        for (PodSpec.Container container : pod.containers()) {
            Node mounts = container.node().get("volumeMounts");
            for (int i = 0; mounts.isArray() && i < mounts.size(); i++) {
                String name = mounts.at(i).get("name").text();
                if (paths.containsKey(name) && !mounts.at(i).get("readOnly").isTrue()) {
                    Node field = mounts.at(i).get("readOnly");
                    findings.add(container.path("volumeMounts[" + i + "].readOnly"), field.isPresent() ? field : mounts.at(i),
                            container.label() + " may write to the node's " + paths.get(name),
                            container.fix(Node.flag(true), "volumeMounts", i, "readOnly"));
                }
            }
        }
    }

    private static void token(PodSpec pod, Findings findings) {
        Node automount = pod.spec().get("automountServiceAccountToken");
        if (!automount.isFalse()) {
            findings.add(pod.path("automountServiceAccountToken"), pod.near("automountServiceAccountToken"),
                    "automountServiceAccountToken is " + (automount.isTrue() ? "true" : "not set"),
                    pod.fix(Node.flag(false), "automountServiceAccountToken"));
        }
    }

    private static void defaultAccount(PodSpec pod, Findings findings) {
        Node name = pod.spec().get("serviceAccountName");
        Node account = name.isPresent() ? name : pod.spec().get("serviceAccount");
        boolean unused = pod.spec().get("automountServiceAccountToken").isFalse() && !account.isPresent();
        if (!unused && (account.text().isEmpty() || account.text().equals("default"))) {
            findings.add(pod.path("serviceAccountName"), account.isPresent() ? account : pod.near(),
                    account.isPresent() ? "serviceAccountName is default" : "serviceAccountName is not set, so it is default");
        }
    }

    private static void sharedProcesses(PodSpec pod, Findings findings) {
        Node shared = pod.spec().get("shareProcessNamespace");
        if (shared.isTrue()) {
            findings.add(pod.path("shareProcessNamespace"), shared, "shareProcessNamespace is true",
                    pod.fix(Node.flag(false), "shareProcessNamespace"));
        }
    }

    private static void defaultNamespace(Manifest manifest, Findings findings) {
        if (manifest.namespace().equals("default")) {
            findings.add("metadata.namespace", manifest.metadata().get("namespace"), "the namespace is default");
        }
    }
}
