package io.kubeguardian.cli.profile.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeguardian.baseline.ItemKind;
import io.kubeguardian.runtimepolicy.RuntimePolicies;
import io.kubeguardian.runtimepolicy.WorkloadAllowance;
import io.kubeguardian.schema.AllowedProgram;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.RuntimePolicySpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class RuntimePolicyExportTest {
    @Test
    @SuppressWarnings("unchecked")
    void everythingThatWasLearnedIsInItInTheFormOfTheDocument() {
        Map<String, Object> policy = new Yaml().load(RuntimePolicyExport.of(ExportExamples.behaviour()));

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

    @Test
    void theApiServersSchemaAndTheControllersAndCommandsReaderTakeItAsItIs() throws Exception {
        String text = RuntimePolicyExport.of(ExportExamples.behaviour());
        ObjectMapper json = new ObjectMapper();
        JsonNode crd = json.valueToTree(new Yaml().load(Files.readString(Path.of("../deploy/k8s/crds/runtimepolicies.yaml"))));
        JsonNode schema = crd.at("/spec/versions/0/schema/openAPIV3Schema").deepCopy();
        closed(schema.at("/properties/spec"));
        Map<String, Object> policy = new Yaml().load(text);

        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema)
                .validate(json.valueToTree(policy))).isEmpty();
        RuntimePolicyRecord record = RuntimePolicySpec.read("prod", "shop", "web", policy.get("spec"));
        assertThat(record.getPrograms()).extracting(AllowedProgram::getPath)
                .contains("/usr/sbin/nginx", "/srv/with blank/\"tool\"[1]");
        assertThat(record.getDestinations()).hasSize(4);
    }

    /** An API server drops what a schema does not name. */
    private static void closed(JsonNode schema) {
        if (schema.isObject() && schema.has("properties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
        schema.forEach(RuntimePolicyExportTest::closed);
    }

    @Test
    void whatIsWrittenAllowsWhatWasLearned() throws Exception {
        Map<String, Object> policy = new Yaml().load(RuntimePolicyExport.of(ExportExamples.behaviour()));
        RuntimePolicyRecord record = RuntimePolicySpec.read("prod", "shop", "web", policy.get("spec"));
        RuntimePolicies policies = new RuntimePolicies(() -> {
            throw new AssertionError("refused");
        });
        policies.use("runtime/prod/shop/web", record);
        WorkloadAllowance allowance = policies.of("prod/shop/Deployment/web");

        for (ProfileItem item : ExportExamples.profile().getItems()) {
            if (item.getItem().contains("/24:")) {
                continue; // of a network only its addresses are ever observed
            }
            String program = item.getKind().equals("args") ? "/usr/sbin/nginx" : item.getKind().equals("parent") ? "/srv/with" : "";
            assertThat(allowance.allows(ItemKind.of(item.getKind()), item.getItem(), "", program)).as(item.toString()).isTrue();
        }
        assertThat(allowance.allows(ItemKind.CONNECT, "10.0.7.9:5432", "", "")).isTrue();
        assertThat(allowance.allows(ItemKind.CONNECT, "10.96.4.7:8080", "", "")).isTrue();
        assertThat(allowance.allows(ItemKind.FILE, "read /etc/shadow", "", "")).isFalse();
        assertThat(allowance.allows(ItemKind.SYSCALL, "sendfile", "", "")).isTrue();
        assertThat(allowance.allows(ItemKind.SYSCALL, "ptrace", "", "")).isFalse();
    }
}
