package io.kubeguardian.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A tree of manifests, as repositories hold them: of 20 files 8 workloads with one to three containers, 2 bare pods and jobs, 3
 * services, 3 ConfigMaps with files in them, 2 roles with bindings, an ingress or network policy, and one with four
 * documents as Helm renders them. One workload in three is hardened, the others lack this and that. The same tree every time.
 */
final class ManifestTree {
    private static final String[] TEAMS = {"shop", "billing", "search", "mail", "stats"};

    private final Random random = new Random(20_000);
    private final Path root;
    private long bytes;

    ManifestTree(Path root) {
        this.root = root;
    }

    /** Writes files; returns the bytes in them. */
    long write(int files) throws IOException {
        for (int i = 0; i < files; i++) {
            Path folder = root.resolve(TEAMS[i % TEAMS.length]).resolve("app-" + i / 100);
            Files.createDirectories(folder);
            String text = file(i);
            bytes += text.length();
            Files.writeString(folder.resolve("manifest-" + i + ".yaml"), text);
        }
        return bytes;
    }

    private String file(int i) {
        int kind = i % 20;
        if (kind < 8) {
            return workload(i, List.of("Deployment", "StatefulSet", "DaemonSet").get(i % 3));
        }
        return switch (kind) {
            case 8 -> job(i);
            case 9 -> "apiVersion: v1\nkind: Pod\n" + metadata(i, "") + "spec:\n" + pod(i, "  ");
            case 10, 11, 12 -> service(i);
            case 13, 14, 15 -> configMap(i);
            case 16, 17 -> role(i);
            case 18 -> i % 40 == 18 ? ingress(i) : networkPolicy(i);
            default -> "---\n# Source: app/templates/service.yaml\n" + service(i) + "---\n# Source: app/templates/config.yaml\n"
                    + configMap(i) + "---\n# Source: app/templates/workload.yaml\n" + workload(i, "Deployment")
                    + "---\n# Source: app/templates/role.yaml\n" + role(i);
        };
    }

    private String metadata(int i, String indent) {
        return indent + "metadata:\n" + indent + "  name: app-" + i + "\n" + indent + "  namespace: " + TEAMS[i % TEAMS.length]
                + "\n" + indent + "  labels:\n" + indent + "    app.kubernetes.io/name: app-" + i + "\n" + indent
                + "    app.kubernetes.io/version: \"1." + i % 17 + "\"\n" + indent + "    team: " + TEAMS[i % TEAMS.length] + "\n";
    }

    private String workload(int i, String kind) {
        return "apiVersion: apps/v1\nkind: " + kind + "\n" + metadata(i, "") + "spec:\n  replicas: " + (1 + i % 5)
                + "\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: app-" + i + "\n  template:\n"
                + metadata(i, "    ") + "    spec:\n" + pod(i, "      ");
    }

    private String job(int i) {
        return "apiVersion: batch/v1\nkind: CronJob\n" + metadata(i, "") + "spec:\n  schedule: \"*/" + (1 + i % 30)
                + " * * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: OnFailure\n"
                + pod(i, "          ");
    }

    private String pod(int i, String in) {
        boolean hard = i % 3 == 0;
        StringBuilder pod = new StringBuilder();
        if (hard) {
            pod.append(in).append("automountServiceAccountToken: false\n").append(in).append("serviceAccountName: app-").append(i)
                    .append('\n').append(in).append("securityContext:\n").append(in).append("  runAsNonRoot: true\n").append(in)
                    .append("  seccompProfile:\n").append(in).append("    type: RuntimeDefault\n");
        } else if (i % 11 == 0) {
            pod.append(in).append("hostNetwork: true # for its metrics\n");
        }
        pod.append(in).append("containers:\n");
        for (int k = 0; k <= random.nextInt(3); k++) {
            container(pod, i, k, in, hard);
        }
        pod.append(in).append("volumes:\n").append(in).append("- name: tmp\n").append(in).append("  emptyDir: {}\n");
        if (!hard && i % 7 == 0) {
            pod.append(in).append("- name: logs\n").append(in).append("  hostPath: {path: /var/log, type: Directory}\n");
        }
        return pod.toString();
    }

    private void container(StringBuilder pod, int i, int k, String in, boolean hard) {
        pod.append(in).append("- name: c").append(k).append('\n').append(in).append("  image: registry.example.org/")
                .append(TEAMS[i % TEAMS.length]).append("/app-").append(i).append(":1.").append(i % 17);
        if (hard) {
            pod.append("@sha256:").append(String.format("%064x", i));
        }
        pod.append('\n').append(in).append("  args: [\"--listen=:8080\", \"--log=json\", '--name=app-").append(i).append("']\n");
        pod.append(in).append("  env:\n");
        for (int e = 0; e < 2 + random.nextInt(5); e++) {
            pod.append(in).append("  - name: SETTING_").append(e).append('\n').append(in).append("    value: \"value ")
                    .append(random.nextInt(1000)).append(" of app-").append(i).append("\"\n");
        }
        if (i % 13 == 1) {
            pod.append(in).append("  - name: DB_PASSWORD\n").append(in).append("    value: Tr0ub4dor-").append(i).append('\n');
        } else {
            pod.append(in).append("  - name: DB_PASSWORD\n").append(in).append("    valueFrom:\n").append(in)
                    .append("      secretKeyRef: {name: db, key: password}\n");
        }
        pod.append(in).append("  ports:\n").append(in).append("  - containerPort: 8080\n").append(in).append("    name: http\n");
        pod.append(in).append("  volumeMounts:\n").append(in).append("  - name: tmp\n").append(in).append("    mountPath: /tmp\n");
        if (i % 4 != 1) {
            pod.append(in).append("  resources:\n").append(in).append("    requests: {cpu: 100m, memory: 128Mi}\n").append(in)
                    .append("    limits:\n").append(in).append("      cpu: \"1\"\n").append(in).append("      memory: 256Mi\n");
        }
        if (hard) {
            pod.append(in).append("  securityContext:\n").append(in).append("    allowPrivilegeEscalation: false\n").append(in)
                    .append("    readOnlyRootFilesystem: true\n").append(in).append("    capabilities:\n").append(in)
                    .append("      drop: [ALL]\n");
        } else if (i % 17 == 2) {
            pod.append(in).append("  securityContext:\n").append(in).append("    privileged: true\n");
        }
        pod.append(in).append("  livenessProbe:\n").append(in).append("    httpGet: {path: /healthz, port: http}\n").append(in)
                .append("    periodSeconds: 10\n").append(in).append("  readinessProbe:\n").append(in)
                .append("    httpGet:\n").append(in).append("      path: /readyz\n").append(in).append("      port: http\n");
    }

    private String service(int i) {
        return "apiVersion: v1\nkind: Service\n" + metadata(i, "") + "spec:\n  type: "
                + List.of("ClusterIP", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer").get(i % 5)
                + "\n  selector:\n    app.kubernetes.io/name: app-" + i
                + "\n  ports:\n    - port: 80\n      targetPort: http\n      protocol: TCP\n      name: http\n";
    }

    private String configMap(int i) {
        StringBuilder map = new StringBuilder("apiVersion: v1\nkind: ConfigMap\n" + metadata(i, "") + "data:\n  mode: \"fast\"\n"
                + "  application.properties: |\n");
        for (int line = 0; line < 10 + random.nextInt(30); line++) {
            map.append("    setting.").append(line).append(".of.app = value ").append(random.nextInt(100_000)).append('\n');
        }
        return map.append("  nginx.conf: |\n    server {\n      listen 8080; # plain\n      location / { return 204; }\n    }\n")
                .toString();
    }

    private String role(int i) {
        return "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + metadata(i, "") + "rules:\n- apiGroups: [\"\"]\n"
                + "  resources: [\"configmaps\", " + (i % 4 == 0 ? "\"secrets\"" : "\"services\"") + "]\n"
                + "  verbs: [\"get\", \"list\", \"watch\"]\n- apiGroups: [apps]\n  resources:\n  - deployments\n  verbs:\n  - get\n"
                + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n" + metadata(i, "") + "roleRef:\n"
                + "  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: app-" + i + "\nsubjects:\n"
                + "- kind: ServiceAccount\n  name: app-" + i + "\n  namespace: " + TEAMS[i % TEAMS.length] + "\n";
    }

    private String ingress(int i) {
        return "apiVersion: networking.k8s.io/v1\nkind: Ingress\n" + metadata(i, "") + "spec:\n  ingressClassName: nginx\n"
                + (i % 80 == 18 ? "  tls:\n  - hosts: [app-" + i + ".example.org]\n    secretName: tls\n" : "")
                + "  rules:\n  - host: app-" + i + ".example.org\n    http:\n      paths:\n      - path: /\n"
                + "        pathType: Prefix\n        backend:\n          service:\n            name: app-" + i
                + "\n            port: {name: http}\n";
    }

    private String networkPolicy(int i) {
        return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n" + metadata(i, "") + "spec:\n  podSelector:\n"
                + "    matchLabels:\n      app.kubernetes.io/name: app-" + (i - 2) + "\n  policyTypes: [Ingress, Egress]\n"
                + "  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabels:\n          team: shop\n    ports:\n"
                + "    - port: 8080\n  egress:\n  - ports:\n    - {port: 53, protocol: UDP}\n";
    }
}
