package io.kubeguardian.runtimepolicy;

import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.RuntimePolicySpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Policies of prod/shop/Deployment/orders, as a person writes them. */
public final class RuntimePolicyExamples {
    private RuntimePolicyExamples() {}

    /** @param more fields of the spec, by name, in the place of those of {@link #spec} */
    public static RuntimePolicyRecord policy(String name, Map<String, Object> more) {
        Map<String, Object> spec = new HashMap<>(spec());
        spec.putAll(more);
        try {
            RuntimePolicyRecord policy = RuntimePolicySpec.read("prod", "shop", name, spec);
            policy.setIssuedBy("test");
            return policy;
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Something of every kind. */
    public static Map<String, Object> spec() {
        return Map.ofEntries(
                Map.entry("workload", Map.of("kind", "Deployment", "name", "orders")),
                Map.entry("programs", List.of(Map.of("path", "/srv/orders"),
                        Map.of("path", "/usr/bin/convert", "parents", List.of("/srv/orders"), "arguments",
                                List.of("-resize 100x100 /tmp/in.png")),
                        Map.of("path", "/opt/tools/**"))),
                Map.entry("files", Map.of("read", List.of("/etc/hosts", "/srv/data/*", "/var/log/job-2024.log"),
                        "write", List.of("/tmp/**"), "list", List.of("/srv"), "change", List.of("/var/cache/<uuid>"))),
                Map.entry("destinations", List.of(Map.of("cidr", "10.0.0.0/8", "port", 5432, "protocol", "TCP"),
                        Map.of("host", "*.example.com", "port", 443),
                        Map.of("host", "api.shop.svc", "port", 80, "protocol", "TCP", "addresses", List.of("192.0.2.7:80")),
                        Map.of("cidr", "2001:db8::/32"))),
                Map.entry("listen", List.of("8080/tcp", "40000/udp")),
                Map.entry("dnsNames", List.of("*.example.com", "db.shop.svc")),
                Map.entry("users", List.of(1000, 4_294_967_294L)),
                Map.entry("capabilities", List.of("CAP_CHOWN")),
                Map.entry("syscalls", List.of("read", "write")));
    }
}
