package io.kubeguardian.cli.profile.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuntimePolicyExportTest {
    @Test
    @SuppressWarnings("unchecked")
    void everythingThatWasLearnedIsInItInTheFormOfTheDocument() {
        Map<String, Object> policy = new org.yaml.snakeyaml.Yaml().load(RuntimePolicyExport.of(ExportExamples.behaviour()));

        assertThat(policy).containsEntry("apiVersion", "kubeguardian.io/v1alpha1").containsEntry("kind", "RuntimePolicy");
        Map<String, Object> spec = (Map<String, Object>) policy.get("spec");
        assertThat(spec).containsEntry("workload", Map.of("kind", "Deployment", "name", "web")).containsEntry("mode", "alert")
                .containsEntry("users", List.of(101)).containsEntry("capabilities", List.of("CAP_NET_BIND_SERVICE"))
                .containsEntry("listen", List.of("80/tcp", "ephemeral/udp"))
                .containsEntry("syscalls", List.of("epoll_wait", "sendfile"))
                .containsEntry("dnsNames", List.of("*.shop.example.com"));
        assertThat((List<Map<String, Object>>) spec.get("programs")).contains(
                Map.of("path", "/usr/sbin/nginx", "arguments", List.of("-g <s>")));
        assertThat((Map<String, List<String>>) spec.get("files")).containsEntry("list", List.of("/etc/nginx/conf.d"))
                .containsEntry("change", List.of("/var/cache/<uuid>"));
        assertThat((List<Map<String, Object>>) spec.get("destinations")).contains(
                Map.of("cidr", "10.0.7.0/24", "port", 5432, "protocol", "TCP"),
                Map.of("host", "api.billing.svc.cluster.local", "port", 8080, "protocol", "TCP", "addresses",
                        List.of("10.96.4.7:8080")));
    }
}
