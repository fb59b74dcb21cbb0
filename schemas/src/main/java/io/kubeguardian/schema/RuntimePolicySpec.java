package io.kubeguardian.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the {@code spec} of a RuntimePolicy (docs/profiles.md), as any reader of YAML or JSON hands it over: maps, lists,
 * texts and numbers. Unknown fields are errors: a list that is misspelt would allow nothing.
 */
public final class RuntimePolicySpec {
    private static final Set<String> FIELDS = Set.of("workload", "images", "mode", "programs", "files", "destinations",
            "listen", "dnsNames", "users", "capabilities", "syscalls");

    private RuntimePolicySpec() {}

    /**
     * The record that it is published as, with its digest; source, issuer, generation and time are set by the caller.
     *
     * @throws MalformedRecordException with where and why when it cannot be used
     */
    public static RuntimePolicyRecord read(String cluster, String namespace, String name, Object spec)
            throws MalformedRecordException {
        Map<?, ?> fields = map("spec", spec, FIELDS);
        Map<?, ?> workload = map("spec.workload", fields.get("workload"), Set.of("kind", "name"));
        Map<?, ?> files = fields.get("files") == null ? Map.of()
                : map("spec.files", fields.get("files"), Set.of("read", "list", "write", "change"));
        texts("spec.images", fields.get("images"));
        RuntimePolicyRecord policy = RuntimePolicyRecord.newBuilder().setCluster(cluster).setNamespace(namespace).setName(name)
                .setSource("RuntimePolicy/" + namespace + '/' + name)
                .setWorkload(new WorkloadRef(cluster, namespace, text("spec.workload.kind", workload.get("kind"), ""),
                        text("spec.workload.name", workload.get("name"), "")))
                .setMode(mode(text("spec.mode", fields.get("mode"), "alert")))
                .setPrograms(programs(fields.get("programs")))
                .setRead(texts("spec.files.read", files.get("read"))).setList(texts("spec.files.list", files.get("list")))
                .setWrite(texts("spec.files.write", files.get("write")))
                .setChange(texts("spec.files.change", files.get("change")))
                .setDestinations(destinations(fields.get("destinations")))
                .setListen(texts("spec.listen", fields.get("listen")))
                .setDnsNames(texts("spec.dnsNames", fields.get("dnsNames"))).setUsers(users(fields.get("users")))
                .setCapabilities(texts("spec.capabilities", fields.get("capabilities")))
                .setSyscalls(texts("spec.syscalls", fields.get("syscalls")))
                .setDigest("").setIssuedBy("").setIssuedTime(0).build();
        policy.setDigest(RuntimePolicyCheck.digest(policy));
        RuntimePolicyCheck.check(policy);
        return policy;
    }

    private static RuntimePolicyMode mode(String mode) throws MalformedRecordException {
        return switch (mode) {
            case "alert" -> RuntimePolicyMode.ALERT;
            case "enforce" -> RuntimePolicyMode.ENFORCE;
            default -> throw new MalformedRecordException("spec.mode: must be alert or enforce");
        };
    }

    private static List<AllowedProgram> programs(Object value) throws MalformedRecordException {
        List<AllowedProgram> programs = new ArrayList<>();
        for (Object each : list("spec.programs", value)) {
            String at = "spec.programs[" + programs.size() + ']';
            Map<?, ?> program = map(at, each, Set.of("path", "parents", "arguments"));
            programs.add(new AllowedProgram(text(at + ".path", program.get("path"), ""),
                    texts(at + ".parents", program.get("parents")), texts(at + ".arguments", program.get("arguments"))));
        }
        return programs;
    }

    private static List<AllowedDestination> destinations(Object value) throws MalformedRecordException {
        List<AllowedDestination> destinations = new ArrayList<>();
        for (Object each : list("spec.destinations", value)) {
            String at = "spec.destinations[" + destinations.size() + ']';
            Map<?, ?> to = map(at, each, Set.of("host", "cidr", "port", "protocol", "addresses"));
            long port = to.get("port") == null ? -1 : number(at + ".port", to.get("port"));
            if (to.get("port") != null && port < 0 || port > 65_535) {
                throw new MalformedRecordException(at + ".port: " + port + " is no port");
            }
            destinations.add(new AllowedDestination(text(at + ".host", to.get("host"), ""),
                    text(at + ".cidr", to.get("cidr"), ""), (int) port, text(at + ".protocol", to.get("protocol"), ""),
                    texts(at + ".addresses", to.get("addresses"))));
        }
        return destinations;
    }

    private static List<Long> users(Object value) throws MalformedRecordException {
        List<Long> users = new ArrayList<>();
        for (Object each : list("spec.users", value)) {
            users.add(number("spec.users", each));
        }
        return users;
    }

    private static long number(String at, Object value) throws MalformedRecordException {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new MalformedRecordException(at + ": must be a whole number");
    }

    private static List<String> texts(String at, Object value) throws MalformedRecordException {
        List<String> texts = new ArrayList<>();
        for (Object each : list(at, value)) {
            texts.add(text(at + '[' + texts.size() + ']', each, null));
        }
        return texts;
    }

    private static Collection<?> list(String at, Object value) throws MalformedRecordException {
        if (value == null) {
            return List.of();
        }
        if (value instanceof Collection<?> list) {
            return list;
        }
        throw new MalformedRecordException(at + ": must be a list");
    }

    /** @param otherwise when there is none; null: there must be one */
    private static String text(String at, Object value, String otherwise) throws MalformedRecordException {
        if (value instanceof String text) {
            return text;
        }
        if (value == null && otherwise != null) {
            return otherwise;
        }
        throw new MalformedRecordException(at + ": must be a text");
    }

    private static Map<?, ?> map(String at, Object value, Set<String> known) throws MalformedRecordException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new MalformedRecordException(at + (value == null ? " is missing" : " must be an object"));
        }
        for (Object key : map.keySet()) {
            if (!known.contains(key)) {
                String name = String.valueOf(key);
                throw new MalformedRecordException(at + ": unknown field "
                        + (name.length() <= 64 ? name : name.substring(0, 64) + '…'));
            }
        }
        return map;
    }
}
