package io.kubeguardian.cli.profile.export;

import io.kubeguardian.schema.ProfileItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A NetworkPolicy that lets a workload connect to where it was seen connecting, and be connected to where it listens.
 * What a network plugin sees of a connection to a Service differs: some judge before the Service's address is replaced by
 * a pod's, most after. Both are allowed: the address that was connected to, and the pods of the Service's namespace.
 */
public final class NetworkPolicyExport {
    private static final String NAMESPACE_LABEL = "kubernetes.io/metadata.name";

    private NetworkPolicyExport() {}

    /** @param selector labels of the workload's pods */
    public static String of(Behaviour behaviour, Map<String, String> selector) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("podSelector", Map.of("matchLabels", new TreeMap<>(selector)));
        List<String> types = new ArrayList<>(List.of("Egress"));
        List<Object> ingress = ingress(behaviour);
        if (!ingress.isEmpty()) {
            types.add("Ingress"); // a listener that was there before the sensor was not seen: silence is no proof
        }
        spec.put("policyTypes", types);
        spec.put("egress", egress(behaviour));
        if (!ingress.isEmpty()) {
            spec.put("ingress", ingress);
        }
        return KubernetesObject.yaml("networking.k8s.io/v1", "NetworkPolicy", behaviour, spec,
                comment(behaviour, ingress.isEmpty()));
    }

    private static String comment(Behaviour behaviour, boolean withoutIngress) {
        StringBuilder text = new StringBuilder("Made from what " + behaviour.key() + " was seen doing.");
        for (String name : behaviour.of("connect")) {
            if (!Destination.of(name).isAddress()) {
                text.append("\nby name: ").append(name).append(" at the addresses that were seen");
            }
        }
        if (withoutIngress) {
            text.append("\nNo listening port was seen being opened: what comes in is not restricted.");
        }
        return text.toString();
    }

    /** One rule for each set of ports, all of the networks that have it. */
    private static List<Object> egress(Behaviour behaviour) {
        Map<String, Set<String>> portsByCidr = new TreeMap<>();
        Set<String> namespaces = new TreeSet<>();
        for (Map.Entry<String, ProfileItem> entry : behaviour.items().getOrDefault("connect", Map.of()).entrySet()) {
            Destination destination = Destination.of(entry.getKey());
            if (destination.isAddress()) {
                add(portsByCidr, destination);
            } else {
                entry.getValue().getAddresses().forEach(address -> add(portsByCidr, Destination.of(address)));
                if (destination.serviceNamespace() != null) {
                    namespaces.add(destination.serviceNamespace());
                }
            }
        }
        Map<Set<String>, Set<String>> cidrsByPorts = new LinkedHashMap<>();
        portsByCidr.forEach((cidr, ports) -> cidrsByPorts.computeIfAbsent(ports, key -> new TreeSet<>()).add(cidr));
        List<Object> rules = new ArrayList<>();
        cidrsByPorts.forEach((ports, cidrs) -> {
            Map<String, Object> rule = new LinkedHashMap<>();
            rule.put("to", cidrs.stream().map(cidr -> Map.of("ipBlock", Map.of("cidr", cidr))).toList());
            rule.put("ports", ports.stream().map(NetworkPolicyExport::port).toList());
            rules.add(rule);
        });
        if (!namespaces.isEmpty()) {
            // Without ports: a Service's port is not that of its pods.
            rules.add(Map.of("to", namespaces.stream().map(namespace -> Map.of("namespaceSelector",
                    Map.of("matchLabels", Map.of(NAMESPACE_LABEL, namespace)))).toList()));
        }
        return rules;
    }

    private static void add(Map<String, Set<String>> portsByCidr, Destination destination) {
        Set<String> ports = portsByCidr.computeIfAbsent(destination.cidr(), cidr -> new TreeSet<>());
        ports.add(destination.port() + "/" + destination.protocol());
        if (destination.port() == 53) {
            ports.add("53/TCP"); // an answer too long for a datagram is asked for again
            ports.add("53/UDP");
        }
    }

    private static Map<String, Object> port(String text) {
        Map<String, Object> port = new LinkedHashMap<>();
        port.put("protocol", text.substring(text.indexOf('/') + 1));
        port.put("port", Integer.parseInt(text.substring(0, text.indexOf('/'))));
        return port;
    }

    private static List<Object> ingress(Behaviour behaviour) {
        List<Object> ports = new ArrayList<>();
        for (String item : behaviour.of("listen")) {
            String protocol = item.endsWith("/udp") ? "UDP" : "TCP";
            String number = item.substring(0, item.indexOf('/'));
            Map<String, Object> port = new LinkedHashMap<>();
            port.put("protocol", protocol);
            if (number.equals("ephemeral")) {
                port.put("port", 32_768);
                port.put("endPort", 65_535);
            } else {
                port.put("port", Integer.parseInt(number));
            }
            ports.add(port);
        }
        return ports.isEmpty() ? List.of() : List.of(Map.of("ports", ports));
    }
}
