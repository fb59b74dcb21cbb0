package io.kubeguardian.policy;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** Roles and bindings: who may do what is as good as everything. */
final class AccessRules {
    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> WORKLOADS = Set.of("deployments", "daemonsets", "statefulsets", "replicasets", "jobs",
            "cronjobs", "replicationcontrollers");
    private static final Set<String> WRITE = Set.of("create", "update", "patch");

    private AccessRules() {}

    static List<Check> checks() {
        return List.of(
                role("rbac-wildcard", AccessRules::wildcards),
                grant("rbac-secrets", "reads secrets", (rule, g) -> g.may("", "secrets", READ) && !namedGet(rule)),
                grant("rbac-escalate", "may escalate, bind or impersonate", (rule, g) ->
                        g.may(RBAC, "roles", Set.of("escalate", "bind")) || g.may(RBAC, "clusterroles", Set.of("escalate", "bind"))
                                || g.verbs(Set.of("impersonate")) && (g.resource("", "users") || g.resource("", "groups")
                                        || g.resource("", "serviceaccounts") || g.resource("authentication.k8s.io", "uids"))),
                grant("rbac-create-pods", "makes pods", (rule, g) -> g.may("", "pods", WRITE)
                        || WORKLOADS.stream().anyMatch(one -> g.may("apps", one, WRITE) || g.may("batch", one, WRITE)
                                || g.may("", one, WRITE))),
                grant("rbac-pod-exec", "gets into pods", (rule, g) -> Set.of("pods/exec", "pods/attach", "pods/portforward")
                        .stream().anyMatch(one -> g.may("", one, Set.of("create", "get")))),
                grant("rbac-persistent-volumes", "creates persistent volumes",
                        (rule, g) -> g.may("", "persistentvolumes", Set.of("create"))),
                grant("rbac-node-proxy", "uses the proxy of nodes", (rule, g) -> g.may("", "nodes/proxy", Set.of("create", "get"))),
                grant("rbac-csr-approval", "approves certificates", (rule, g) ->
                        g.may("certificates.k8s.io", "certificatesigningrequests/approval", Set.of("update", "patch"))
                                || g.may("certificates.k8s.io", "signers", Set.of("approve", "sign"))),
                grant("rbac-webhooks", "changes webhook configurations", (rule, g) ->
                        Set.of("mutatingwebhookconfigurations", "validatingwebhookconfigurations").stream()
                                .anyMatch(one -> g.may("admissionregistration.k8s.io", one, WRITE))),
                grant("rbac-token-create", "creates tokens of service accounts",
                        (rule, g) -> g.may("", "serviceaccounts/token", Set.of("create"))),
                binding("rbac-cluster-admin", AccessRules::clusterAdmin),
                binding("rbac-masters", (m, findings) -> subjects(m, findings,
                        (subject, i) -> subject.get("kind").text().equals("Group")
                                && subject.get("name").text().equals("system:masters"))),
                binding("rbac-anonymous", (m, findings) -> subjects(m, findings,
                        (subject, i) -> Set.of("system:anonymous", "system:unauthenticated", "system:authenticated")
                                .contains(subject.get("name").text()))),
                binding("rbac-default-account", (m, findings) -> subjects(m, findings,
                        (subject, i) -> subject.get("kind").text().equals("ServiceAccount")
                                && subject.get("name").text().equals("default"))));
    }

    /** What one rule of a role grants; wildcards grant everything. */
    private record Grant(Node groups, Node resources, Node verbs) {
        boolean may(String group, String resource, Set<String> anyOf) {
            return verbs(anyOf) && resource(group, resource);
        }

        boolean verbs(Set<String> anyOf) {
            for (Node verb : verbs) {
                if (verb.text().equals("*") || anyOf.contains(verb.text())) {
                    return true;
                }
            }
            return false;
        }

        boolean resource(String group, String resource) {
            if (!groups.contains(group) && !groups.contains("*")) {
                return false;
            }
            int slash = resource.indexOf('/');
            for (Node node : resources) {
                String one = node.text();
                if (one.equals("*") || one.equals(resource) || slash > 0 && one.equals("*" + resource.substring(slash))) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Check role(String id, Rule.Finder finder) {
        return Rule.of(id, m -> m.group().equals(RBAC) && (m.kind().equals("Role") || m.kind().equals("ClusterRole")), finder);
    }

    private static Check binding(String id, Rule.Finder finder) {
        return Rule.of(id, m -> m.group().equals(RBAC)
                && (m.kind().equals("RoleBinding") || m.kind().equals("ClusterRoleBinding")), finder);
    }

    private static Check grant(String id, String what, BiPredicate<Node, Grant> test) {
        return role(id, (manifest, findings) -> {
            Node rules = manifest.root().get("rules");
            for (int i = 0; rules.isArray() && i < rules.size(); i++) {
                Node rule = rules.at(i);
                if (test.test(rule, new Grant(rule.get("apiGroups"), rule.get("resources"), rule.get("verbs")))) {
                    findings.add("rules[" + i + ']', rule,
                            manifest.kind() + " \"" + manifest.name() + "\" " + what);
                }
            }
        });
    }

    /** Reading certain secrets by name is what the remedy asks for. */
    private static boolean namedGet(Node rule) {
        if (rule.get("resourceNames").size() == 0) {
            return false;
        }
        for (Node verb : rule.get("verbs")) {
            if (!verb.text().equals("get")) {
                return false;
            }
        }
        return true;
    }

    private static void wildcards(Manifest manifest, Findings findings) {
        Node rules = manifest.root().get("rules");
        for (int i = 0; rules.isArray() && i < rules.size(); i++) {
            for (String field : List.of("verbs", "resources", "apiGroups", "nonResourceURLs")) {
                if (rules.at(i).get(field).contains("*")) {
                    findings.add("rules[" + i + "]." + field, rules.at(i).get(field),
                            manifest.kind() + " \"" + manifest.name() + "\" has * in " + field);
                }
            }
        }
    }

    private static void clusterAdmin(Manifest manifest, Findings findings) {
        Node name = manifest.root().get("roleRef").get("name");
        if (name.text().equals("cluster-admin") && manifest.root().get("subjects").size() > 0) {
            findings.add("roleRef.name", name, manifest.kind() + " \"" + manifest.name() + "\" binds cluster-admin");
        }
    }

    private static void subjects(Manifest manifest, Findings findings, BiPredicate<Node, Integer> test) {
        Node subjects = manifest.root().get("subjects");
        for (int i = 0; subjects.isArray() && i < subjects.size(); i++) {
            if (test.test(subjects.at(i), i)) {
                findings.add("subjects[" + i + ']', subjects.at(i), manifest.kind() + " \"" + manifest.name() + "\" binds "
                        + manifest.root().get("roleRef").get("name").text() + " to " + subjects.at(i).get("name").text());
            }
        }
    }
}
