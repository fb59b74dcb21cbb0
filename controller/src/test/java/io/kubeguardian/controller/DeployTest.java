package io.kubeguardian.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeguardian.config.ConfigReader;
import io.kubeguardian.policy.cel.KubernetesCel;
import io.kubeguardian.schema.Topics;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What deploy/ says against what the code is: a manifest that names something that is not there is found here. */
class DeployTest {
    private static final List<String> CONFIG = List.of("--config", "/etc/kubeguardian/kubeguardian.yaml");

    @TempDir
    Path folder;

    @Test
    void everyDocumentIsReadStrictlyAndHasOnlyFieldsThatKubernetesKnows() {
        List<Path> files = new ArrayList<>(Manifests.files("k8s"));
        files.addAll(Manifests.files("flink"));
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            for (JsonNode document : Manifests.documents(file)) {
                assertThat(document.path("kind").asText()).as(file.toString()).isNotEmpty();
                assertThat(Manifests.unknownFields(document)).as(file.toString()).isEmpty();
            }
        }
    }

    @Test
    void theKustomizationNamesFilesThatExistAndLeavesNoneOfItsFoldersOut() {
        Set<String> named = new TreeSet<>();
        Manifests.documents(Manifests.DEPLOY.resolve("k8s/kustomization.yaml")).getFirst().get("resources")
                .forEach(each -> named.add(each.asText()));
        Set<String> there = Stream.of("crds", "base").flatMap(part -> Manifests.files("k8s/" + part).stream())
                .map(file -> Manifests.DEPLOY.resolve("k8s").relativize(file).toString()).collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).isEqualTo(there);
    }

    @Test
    void eachPartIsStartedAsItsMainTakesItWithAConfigurationThatIsRead() throws Exception {
        for (JsonNode map : Manifests.ofKind("k8s", "ConfigMap")) {
            Path file = Files.writeString(folder.resolve(map.at("/metadata/namespace").asText() + ".yaml"),
                    map.at("/data/kubeguardian.yaml").asText());
            assertThat(ConfigReader.read(file, Map.of()).kafka().bootstrapServers()).isNotEmpty();
        }
        String images = Files.readString(Manifests.DEPLOY.resolve("images/Dockerfile"));
        List<JsonNode> workloads = new ArrayList<>(Manifests.ofKind("k8s", "Deployment"));
        workloads.addAll(Manifests.ofKind("k8s", "DaemonSet"));
        assertThat(workloads).hasSize(3);
        for (JsonNode workload : workloads) {
            JsonNode container = workload.at("/spec/template/spec/containers/0");
            String part = container.get("name").asText();
            assertThat(texts(container.get("args"))).as(part).isEqualTo(CONFIG);
            assertThat(container.get("image").asText()).isEqualTo("kubeguardian/" + part + ":0.1.0");
            assertThat(images).contains("FROM java AS " + part + "\n");
            Set<String> ports = new TreeSet<>();
            container.get("ports").forEach(port -> ports.add(port.get("name").asText()));
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(ports).contains(container.get(probe).at("/httpGet/port").asText());
                assertThat(container.get(probe).at("/httpGet/path").asText()).isIn("/healthz", "/readyz");
            }
            int management = part.equals("collector") ? ConfigReader.read(null, Map.of()).collector().metricsPort()
                    : part.equals("webhook") ? ConfigReader.read(null, Map.of()).webhook().managementPort()
                    : ConfigReader.read(null, Map.of()).controller().managementPort();
            assertThat(container.get("ports").toString()).contains(":" + management);
            assertThat(workload.at("/spec/selector/matchLabels").properties())
                    .allMatch(label -> workload.at("/spec/template/metadata/labels").get(label.getKey()).equals(label.getValue()));
            mounts(workload.at("/spec/template/spec"), part);
        }
        Matcher.mains(images).forEach(main -> assertThat(Path.of("..", main.part(), "src/main/java",
                main.type().replace('.', '/') + ".java")).exists());
    }

    /** Every mount has its volume, and every Secret and ConfigMap of ours that is mounted is somebody's. */
    private static void mounts(JsonNode pod, String part) {
        Set<String> volumes = new TreeSet<>();
        pod.get("volumes").forEach(volume -> volumes.add(volume.get("name").asText()));
        Set<String> mounted = new TreeSet<>();
        pod.at("/containers/0/volumeMounts").forEach(mount -> mounted.add(mount.get("name").asText()));
        assertThat(mounted).as(part).isEqualTo(volumes);
    }

    /** Of the Dockerfile. */
    private record Matcher(String part, String type) {
        static List<Matcher> mains(String file) {
            return Pattern.compile("io\\.kubeguardian\\.([a-z]+)\\.[A-Za-z]+Main").matcher(file).results()
                    .map(found -> new Matcher(found.group(1), found.group())).toList();
        }
    }

    @Test
    void theFlinkJobIsStartedAsItsMainTakesIt() throws IOException {
        JsonNode spec = Manifests.ofKind("flink", "FlinkDeployment").getFirst().get("spec");

        assertThat(texts(spec.at("/job/args"))).isEqualTo(CONFIG);
        assertThat(Path.of("../flink-jobs/src/main/java",
                spec.at("/job/entryClass").asText().replace('.', '/') + ".java")).exists();
        assertThat(Files.readString(Manifests.DEPLOY.resolve("images/stage.sh")))
                .contains("usrlib/" + Path.of(spec.at("/job/jarURI").asText()).getFileName());
        String opens = spec.at("/flinkConfiguration/env.java.opts.all").asText();
        assertThat(Files.readString(Path.of("../cli/cli.jvm")).lines().filter(line -> line.startsWith("--add-opens")))
                .allMatch(opens::contains);
        String pom = Files.readString(Path.of("../pom.xml"));
        String version = Pattern.compile("<flink.version>([0-9.]+)<").matcher(pom).results().findFirst().orElseThrow().group(1);
        assertThat(Files.readString(Manifests.DEPLOY.resolve("flink/Dockerfile"))).contains("FROM flink:" + version + "-java17");
        assertThat(spec.get("flinkVersion").asText()).isEqualTo("v" + version.substring(0, 3).replace('.', '_'));
        assertThat(spec.get("flinkConfiguration").properties()).allMatch(entry -> entry.getValue().isTextual());
    }

    @Test
    void theCollectorHasTheCapabilitiesThatItsDocumentationNamesAndNoOther() throws IOException {
        List<String> documented = Pattern.compile("(?m)^\\| `CAP_([A-Z_]+)` \\|")
                .matcher(Files.readString(Path.of("../docs/privileges.md"))).results().map(row -> row.group(1)).toList();
        JsonNode security = Manifests.ofKind("k8s", "DaemonSet").getFirst()
                .at("/spec/template/spec/containers/0/securityContext");

        assertThat(texts(security.at("/capabilities/add"))).isEqualTo(documented);
        assertThat(texts(security.at("/capabilities/drop"))).containsExactly("ALL");
        assertThat(security.has("privileged")).isFalse();
    }

    @Test
    void registrationsNeverLockAClusterOut() throws Exception {
        String server = Files.readString(Path.of("../webhook/src/main/java/io/kubeguardian/webhook/Webhook.java"));
        List<JsonNode> hooks = new ArrayList<>();
        Stream.of("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
                .flatMap(kind -> Manifests.ofKind("k8s", kind).stream())
                .forEach(each -> each.get("webhooks").forEach(hooks::add));
        assertThat(hooks).hasSize(5);
        KubernetesCel cel = new KubernetesCel();
        for (JsonNode hook : hooks) {
            String selector = hook.get("namespaceSelector").toString();
            assertThat(selector).contains("kube-system", "kubeguardian", "kubeguardian-node", "\"NotIn\"");
            boolean closed = hook.get("failurePolicy").asText().equals("Fail");
            boolean tiered = !hook.get("name").asText().startsWith("objects.");
            assertThat(selector).contains(!tiered ? "" : closed ? "\"operator\":\"In\"" : "{\"key\":\"kubeguardian.io/enforce\",\"operator\":\"NotIn\"");
            assertThat(hook.get("timeoutSeconds").asInt()).isLessThanOrEqualTo(2);
            for (JsonNode condition : hook.get("matchConditions")) {
                cel.condition(condition.get("expression").asText());
            }
            assertThat(hook.get("rules").toString()).doesNotContain("\"*\"", "leases", "nodes", "certificatesigningrequests");
            assertThat(server).contains('"' + hook.at("/clientConfig/service/path").asText() + '"');
            assertThat(hook.at("/clientConfig/service/path").asText()).isIn("/mutate", closed ? "/validate-enforced" : "/validate");
            assertThat(Manifests.ofKind("k8s", "Service")).anyMatch(service ->
                    service.at("/metadata/name").equals(hook.at("/clientConfig/service/name"))
                            && service.at("/metadata/namespace").equals(hook.at("/clientConfig/service/namespace"))
                            && service.at("/spec/ports/0/port").equals(hook.at("/clientConfig/service/port")));
        }
    }

    @Test
    void anEnforcedNamespaceIsWatchedNoLessThanOthers() {
        for (String kind : List.of("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")) {
            Map<Boolean, Set<String>> asked = Map.of(true, new TreeSet<>(), false, new TreeSet<>());
            Manifests.ofKind("k8s", kind).getFirst().get("webhooks").forEach(hook -> {
                String selector = hook.get("namespaceSelector").toString();
                asked.forEach((enforced, resources) -> {
                    String other = "\"kubeguardian.io/enforce\",\"operator\":\"" + (enforced ? "NotIn" : "In") + '"';
                    if (!selector.contains(other)) {
                        hook.get("rules").forEach(rule -> rule.get("resources").forEach(resource ->
                                resources.add(rule.get("operations") + " " + resource.asText())));
                    }
                });
            });

            assertThat(asked.get(true)).as(kind).isNotEmpty().isEqualTo(asked.get(false));
        }
    }

    @Test
    void nobodyMayDoMoreThanTheControllerDoesAndEachRuleSaysWhy() throws IOException {
        Set<String> rights = new TreeSet<>();
        List<JsonNode> roles = new ArrayList<>(Manifests.ofKind("k8s", "ClusterRole"));
        roles.addAll(Manifests.ofKind("k8s", "Role"));
        roles.forEach(role -> role.get("rules").forEach(rule -> rule.get("resources").forEach(resource ->
                rule.get("verbs").forEach(verb -> rights.add(verb.asText() + ' ' + resource.asText())))));

        assertThat(rights).noneMatch(right -> right.contains("*") || right.contains("secrets")).containsExactlyInAnyOrder(
                "list admissionpolicies", "watch admissionpolicies", "list policyexceptions", "watch policyexceptions",
                "list runtimepolicies", "watch runtimepolicies", "patch admissionpolicies/status", "patch policyexceptions/status",
                "patch runtimepolicies/status", "list pods", "watch pods", "list namespaces", "watch namespaces",
                "list replicasets", "watch replicasets", "list jobs", "watch jobs", "list configmaps", "watch configmaps",
                "create leases", "get leases", "update leases", "patch leases");
        List<String> lines = Files.readAllLines(Manifests.DEPLOY.resolve("k8s/base/rbac.yaml"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("- apiGroups")) {
                assertThat(lines.get(i - 1)).as("line " + i).matches("#.*|  verbs: \\[create\\]");
            }
        }
    }

    @Test
    void kafkasTopicsAreThoseOfTheCodeAndUsersNameNoOther() {
        Map<String, Map<String, String>> topics = new HashMap<>();
        for (JsonNode topic : Manifests.ofKind("k8s", "KafkaTopic")) {
            Map<String, String> settings = new HashMap<>();
            topic.at("/spec/config").properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
            settings.remove("min.insync.replicas");
            settings.put("partitions", topic.at("/spec/partitions").asText());
            topics.put(topic.at("/metadata/name").asText(), settings);
        }
        Map<String, Map<String, String>> wanted = new HashMap<>();
        for (Topics.Definition definition : Topics.all(12)) {
            Map<String, String> settings = new HashMap<>(definition.settings());
            settings.put("partitions", String.valueOf(definition.partitions()));
            wanted.put(definition.name(), settings);
        }

        assertThat(topics).isEqualTo(wanted);
        Manifests.ofKind("k8s", "KafkaUser").forEach(user -> user.at("/spec/authorization/acls").forEach(acl -> {
            if (acl.at("/resource/type").asText().equals("topic")) {
                assertThat(wanted).containsKey(acl.at("/resource/name").asText());
            }
        }));
    }

    @Test
    void alertsAndDashboardsNameMetricsThatThereAre() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String part : List.of("collector", "webhook", "controller")) {
            try (Stream<Path> files = Files.walk(Path.of("..", part, "src/main/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    names("\"(kubeguardian_[a-z_]+)\"", Files.readString(file)).forEach(known::add);
                }
            }
        }
        // Tested against a scrape of the collector, which makes its names of parts.
        names("(?m)^\\| `(kubeguardian_collector_[a-z_]+)`", Files.readString(Path.of("../docs/metrics.md"))).forEach(known::add);
        String monitoring = Files.readString(Manifests.DEPLOY.resolve("k8s/monitoring/rules.yaml"))
                + Files.readString(Manifests.DEPLOY.resolve("k8s/monitoring/dashboard.json"));

        List<String> used = names("\\b(kubeguardian_[a-z_]+)", monitoring).map(name -> name.replaceFirst("_bucket$", "")).toList();

        assertThat(used).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(known).contains(name));
        String scraped = scraped();
        assertThat(used.stream().filter(name -> name.startsWith("kubeguardian_controller"))).allMatch(scraped::contains);
        assertThat(Json.MAPPER.readTree(Manifests.DEPLOY.resolve("k8s/monitoring/dashboard.json").toFile()).get("panels")).hasSize(12);
    }

    @Test
    void everyMetricOfTheControllerIsDocumented() throws IOException {
        assertThat(names("(?m)^# TYPE (kubeguardian_controller_[a-z_]+)", scraped())
                .filter(name -> !name.endsWith("_created")))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(names("(?m)^\\| `(kubeguardian_controller_[a-z_]+)`",
                        Files.readString(Path.of("../docs/metrics.md"))).toList());
    }

    private static Stream<String> names(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult found) -> found.group(1));
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private static String scraped() throws IOException {
        StringWriter text = new StringWriter();
        TextFormat.write004(text, new ControllerMetrics().registry().metricFamilySamples());
        return text.toString();
    }
}
