package io.kubeguardian.cli.profile.export;

import io.kubeguardian.schema.ProfileItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A RuntimePolicy (docs/profiles.md): the same behaviour in KubeGuardian's own words, for people to edit and for jobs to judge by. */
public final class RuntimePolicyExport {
    private RuntimePolicyExport() {}

    public static String of(Behaviour behaviour) {
        Map<String, Object> spec = new LinkedHashMap<>();
        Map<String, Object> workload = new LinkedHashMap<>();
        workload.put("kind", behaviour.workload().getKind());
        workload.put("name", behaviour.workload().getName());
        spec.put("workload", workload);
        spec.put("images", behaviour.images());
        spec.put("mode", "alert");
        spec.put("programs", programs(behaviour));
        spec.put("files", files(behaviour));
        spec.put("destinations", destinations(behaviour));
        spec.put("listen", List.copyOf(behaviour.of("listen")));
        spec.put("dnsNames", List.copyOf(behaviour.of("dns")));
        spec.put("users", behaviour.of("user").stream()
                .map(user -> Integer.toUnsignedLong(Integer.parseInt(user))).sorted().toList());
        spec.put("capabilities", List.copyOf(behaviour.of("capability")));
        spec.put("syscalls", List.copyOf(behaviour.syscalls()));
        return KubernetesObject.yaml("kubeguardian.io/v1alpha1", "RuntimePolicy", behaviour, spec,
                "Made from what " + behaviour.key() + " was seen doing.");
    }

    /** Each with what ran it and how it was called. */
    private static List<Object> programs(Behaviour behaviour) {
        Map<String, Map<String, Object>> programs = new TreeMap<>();
        behaviour.of("exec").forEach(path -> program(programs, path));
        for (String item : behaviour.of("parent")) {
            int arrow = item.indexOf(" > ");
            list(program(programs, item.substring(arrow + 3)), "parents").add(item.substring(0, arrow));
        }
        for (String item : behaviour.of("args")) {
            String path = path(behaviour, item);
            list(program(programs, path), "arguments").add(item.length() <= path.length() ? "" : item.substring(path.length() + 1));
        }
        return new ArrayList<>(programs.values());
    }

    /** The longest program that the item begins with: a path may hold blanks. */
    private static String path(Behaviour behaviour, String item) {
        int blank = item.indexOf(' ');
        return behaviour.of("exec").stream().filter(exec -> item.equals(exec) || item.startsWith(exec + ' '))
                .max(Comparator.comparingInt(String::length)).orElse(blank < 0 ? item : item.substring(0, blank));
    }

    private static Map<String, Object> program(Map<String, Map<String, Object>> programs, String path) {
        return programs.computeIfAbsent(path, key -> {
            Map<String, Object> program = new LinkedHashMap<>();
            program.put("path", key);
            return program;
        });
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(Map<String, Object> program, String name) {
        return (List<String>) program.computeIfAbsent(name, key -> new ArrayList<String>());
    }

    private static Map<String, Object> files(Behaviour behaviour) {
        Map<String, Object> files = new LinkedHashMap<>();
        for (String access : List.of("read", "list", "write", "change")) {
            List<String> paths = behaviour.of("file").stream()
                    .filter(item -> item.startsWith(access + ' ')).map(item -> item.substring(access.length() + 1)).toList();
            if (!paths.isEmpty()) {
                files.put(access, paths);
            }
        }
        return files;
    }

    private static List<Object> destinations(Behaviour behaviour) {
        List<Object> destinations = new ArrayList<>();
        for (Map.Entry<String, ProfileItem> entry : behaviour.items().getOrDefault("connect", Map.of()).entrySet()) {
            Destination destination = Destination.of(entry.getKey());
            Map<String, Object> one = new LinkedHashMap<>();
            one.put(destination.isAddress() ? "cidr" : "host",
                    destination.isAddress() ? destination.cidr() : destination.host());
            one.put("port", destination.port());
            one.put("protocol", destination.protocol());
            if (!entry.getValue().getAddresses().isEmpty()) {
                one.put("addresses", List.copyOf(entry.getValue().getAddresses()));
            }
            destinations.add(one);
        }
        return destinations;
    }
}
