package io.kubeguardian.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What lets traffic in and out. Whether a network policy is missing shows only in all manifests together. */
final class NetworkRules {
    private static final String NETWORKING = "networking.k8s.io";
    private static final Set<String> SNIPPETS = Set.of("nginx.ingress.kubernetes.io/configuration-snippet",
            "nginx.ingress.kubernetes.io/server-snippet", "nginx.ingress.kubernetes.io/auth-snippet",
            "nginx.ingress.kubernetes.io/stream-snippet", "nginx.ingress.kubernetes.io/modsecurity-snippet");
    /** Providers' ways to say that a load balancer is for the own network. */
    private static final Set<String> INTERNAL = Set.of("service.beta.kubernetes.io/azure-load-balancer-internal",
            "service.beta.kubernetes.io/aws-load-balancer-internal", "networking.gke.io/load-balancer-type",
            "cloud.google.com/load-balancer-type", "service.beta.kubernetes.io/oci-load-balancer-internal",
            "service.beta.kubernetes.io/aws-load-balancer-scheme", "yandex.cloud/load-balancer-type");

    private NetworkRules() {}

    static List<Check> checks() {
        return List.of(
                Rule.of("open-network-policy", m -> m.is(NETWORKING, "NetworkPolicy"), NetworkRules::openPolicy),
                Rule.of("service-node-port", m -> m.is("", "Service"), NetworkRules::nodePort),
                Rule.of("service-load-balancer", m -> m.is("", "Service"), NetworkRules::loadBalancer),
                Rule.of("service-external-ip", m -> m.is("", "Service"), NetworkRules::externalIp),
                Rule.of("ingress-tls", NetworkRules::isIngress, NetworkRules::tls),
                Rule.of("ingress-snippet", NetworkRules::isIngress, NetworkRules::snippet),
                Rule.of("namespace-pod-security", m -> m.is("", "Namespace"), NetworkRules::podSecurity));
    }

    private static boolean isIngress(Manifest manifest) {
        return manifest.is(NETWORKING, "Ingress") || manifest.is("extensions", "Ingress");
    }

    private static void openPolicy(Manifest manifest, Findings findings) {
        openRules(manifest, "ingress", "from", findings);
        openRules(manifest, "egress", "to", findings);
    }

    private static void openRules(Manifest manifest, String direction, String peersField, Findings findings) {
        Node rules = manifest.root().get("spec").get(direction);
        for (int i = 0; rules.isArray() && i < rules.size(); i++) {
            Node rule = rules.at(i);
            String path = "spec." + direction + '[' + i + ']';
            Node peers = rule.get(peersField);
            String what = direction + " rule " + (i + 1) + " of policy \"" + manifest.name() + '"';
            // No peers at all are all peers; named ports may still make it the narrow rule that was meant (DNS).
            if (peers.size() == 0 && rule.get("ports").size() == 0) {
                findings.add(path, rule, what + (direction.equals("ingress") ? " is from anywhere" : " is to anywhere"));
            }
            for (int k = 0; peers.isArray() && k < peers.size(); k++) {
                Node peer = peers.at(k);
                String cidr = peer.get("ipBlock").get("cidr").text();
                if (cidr.equals("0.0.0.0/0") || cidr.equals("::/0")) {
                    findings.add(path + '.' + peersField + '[' + k + "].ipBlock.cidr", peer.get("ipBlock"),
                            what + " names every address, " + cidr);
                } else if (peer.get("namespaceSelector").isObject() && peer.get("namespaceSelector").size() == 0
                        && peer.get("podSelector").size() == 0) {
                    findings.add(path + '.' + peersField + '[' + k + "].namespaceSelector", peer,
                            what + " names every namespace");
                }
            }
        }
    }

    private static void nodePort(Manifest manifest, Findings findings) {
        Node type = manifest.root().get("spec").get("type");
        if (type.text().equals("NodePort")) {
            findings.add("spec.type", type, "service \"" + manifest.name() + "\" is of type NodePort");
        }
    }

    private static void loadBalancer(Manifest manifest, Findings findings) {
        Node spec = manifest.root().get("spec");
        Node type = spec.get("type");
        if (!type.text().equals("LoadBalancer") || isInternal(manifest.metadata().get("annotations"))) {
            return;
        }
        Node ranges = spec.get("loadBalancerSourceRanges");
        if (ranges.size() == 0) {
            findings.add("spec.loadBalancerSourceRanges", type,
                    "service \"" + manifest.name() + "\" is of type LoadBalancer and names no source ranges");
        } else if (ranges.contains("0.0.0.0/0") || ranges.contains("::/0")) {
            findings.add("spec.loadBalancerSourceRanges", ranges,
                    "service \"" + manifest.name() + "\" is of type LoadBalancer with every address as source range");
        }
    }

    private static boolean isInternal(Node annotations) {
        for (String name : INTERNAL) {
            String value = annotations.get(name).scalarText();
            if (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("internal")) {
                return true;
            }
        }
        return false;
    }

    private static void externalIp(Manifest manifest, Findings findings) {
        Node addresses = manifest.root().get("spec").get("externalIPs");
        if (addresses.size() > 0) {
            findings.add("spec.externalIPs", addresses,
                    "service \"" + manifest.name() + "\" takes " + String.join(", ", addresses.strings()));
        }
    }

    private static void tls(Manifest manifest, Findings findings) {
        Node spec = manifest.root().get("spec");
        Node tls = spec.get("tls");
        if (tls.size() == 0) {
            findings.add("spec.tls", spec.isPresent() ? spec : manifest.root(),
                    "ingress \"" + manifest.name() + "\" has no TLS");
            return;
        }
        Set<String> hosts = hosts(tls);
        Node rules = spec.get("rules");
        for (int i = 0; rules.isArray() && i < rules.size(); i++) {
            Node host = rules.at(i).get("host");
            if (!host.text().isEmpty() && !isCovered(host.text(), hosts)) {
                findings.add("spec.rules[" + i + "].host", host,
                        "host " + host.text() + " of ingress \"" + manifest.name() + "\" is not in spec.tls");
            }
        }
    }

    /** The hosts with certificates; null when the controller's own certificate is for all. */
    private static Set<String> hosts(Node tls) {
        Set<String> hosts = new HashSet<>();
        for (Node entry : tls) {
            if (entry.get("hosts").size() == 0) {
                return null;
            }
            hosts.addAll(entry.get("hosts").strings());
        }
        return hosts;
    }

    private static boolean isCovered(String host, Set<String> hosts) {
        int dot = host.indexOf('.');
        return hosts == null || hosts.contains(host) || dot > 0 && hosts.contains('*' + host.substring(dot));
    }

    private static void snippet(Manifest manifest, Findings findings) {
        Node annotations = manifest.metadata().get("annotations");
        for (int i = 0; annotations.isObject() && i < annotations.size(); i++) {
            if (SNIPPETS.contains(annotations.name(i))) {
                findings.add(Paths.field("metadata.annotations", annotations.name(i)), annotations.at(i),
                        "ingress \"" + manifest.name() + "\" has annotation " + annotations.name(i));
            }
        }
    }

    private static void podSecurity(Manifest manifest, Findings findings) {
        Node labels = manifest.metadata().get("labels");
        String level = labels.get("pod-security.kubernetes.io/enforce").text();
        if (!level.equals("baseline") && !level.equals("restricted")) {
            findings.add(Paths.field("metadata.labels", "pod-security.kubernetes.io/enforce"),
                    labels.isPresent() ? labels : manifest.near("metadata"),
                    "namespace \"" + manifest.name() + "\" enforces "
                            + (level.isEmpty() ? "no level of the Pod Security Standards" : "level " + level));
        }
    }
}
