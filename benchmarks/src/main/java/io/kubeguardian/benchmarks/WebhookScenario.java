package io.kubeguardian.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeguardian.cli.stack.JavaChild;
import io.kubeguardian.http.SelfSigned;
import io.kubeguardian.http.ServerCertificate;
import io.kubeguardian.kafka.EmbeddedKafka;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Completeness;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.TopicSetup;
import io.kubeguardian.schema.Topics;
import io.kubeguardian.schema.WorkloadRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.yaml.snakeyaml.Yaml;

/** The webhook as it is shipped, with every built-in check, its audit and a real broker, against {@link NothingServer}. */
final class WebhookScenario implements Scenario {
    private static final int[] RATES = {200, 1_000, 2_000};
    private static final int WORKLOADS = 2_000;
    private static final int REVIEWS = 64;
    private static final Pattern PORT = Pattern.compile("https port=(\\d+)");
    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public String describes() {
        return "admission over TLS at 200, 1,000 and 2,000 requests/s with every check on, against the same server doing nothing";
    }

    @Override
    public void measure(Run run) throws Exception {
        List<byte[]> reviews = reviews();
        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            TopicSetup.createMissing(kafka.clientProperties(), 1);
            risks(kafka);
            Map<String, String> settings = new HashMap<>(run.settings());
            settings.put("KUBEGUARDIAN_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
            settings.put("KUBEGUARDIAN_WEBHOOK_CLUSTER", "prod");
            settings.put("KUBEGUARDIAN_WEBHOOK_HOST", "127.0.0.1");
            settings.put("KUBEGUARDIAN_WEBHOOK_PORT", "0");
            settings.put("KUBEGUARDIAN_WEBHOOK_MANAGEMENT_PORT", "-1");
            // As in a cluster: from files. Making one at the start loads a library for it.
            ServerCertificate certificate = SelfSigned.make("kubeguardian-webhook", Instant.now());
            settings.put("KUBEGUARDIAN_WEBHOOK_CERTIFICATE", pem(run, "tls.crt", "CERTIFICATE",
                    certificate.chain().getFirst().getEncoded(), certificate.authority().getEncoded()));
            settings.put("KUBEGUARDIAN_WEBHOOK_PRIVATE_KEY", pem(run, "tls.key", "PRIVATE KEY", certificate.key().getEncoded()));
            Path nothingCa = run.scratch().resolve("nothing.pem");
            Path webhookCa = run.scratch().resolve("webhook.pem");
            try (JavaChild nothing = start(run, "nothing", NothingServer.class.getName(),
                            System.getProperty("java.class.path"), List.of(nothingCa.toString()), Map.of());
                    JavaChild webhook = start(run, "webhook", "io.kubeguardian.webhook.WebhookMain", classPath(run),
                            List.of("--write-ca", webhookCa.toString()), settings)) {
                AdmissionLoad baseline = new AdmissionLoad(nothingCa, port(run, "nothing"), reviews);
                AdmissionLoad load = new AdmissionLoad(webhookCa, port(run, "webhook"), reviews);
                paced(run, baseline, load);
                run.figure(Figure.of("rss_mb", resident(webhook.pid()), "MB"));
                most(run, baseline, load);
                run.figure(Figure.of("rss_most_mb", resident(webhook.pid()), "MB"));
                run.figure(Figure.of("expired", load.expired(), "answers"));
            }
        }
    }

    private static void paced(Run run, AdmissionLoad baseline, AdmissionLoad load) throws Exception {
        int seconds = run.quick() ? 2 : 8;
        run.progress("warming up");
        baseline.run(1_000, run.quick() ? 3 : 15);
        load.run(1_000, run.quick() ? 3 : 15);
        for (int round = 0; round < (run.quick() ? 1 : 3); round++) {
            for (int rate : RATES) {
                take(run, "nothing." + rate, baseline.run(rate, seconds));
                take(run, "webhook." + rate, load.run(rate, seconds));
            }
        }
        run.figure(new Figure("p99_added_ms", run.median("webhook.1000.p99_ms") - run.median("nothing.1000.p99_ms"), "ms", null,
                null));
        for (int rate : RATES) {
            for (String share : List.of("p50_ms", "p99_ms")) {
                run.figure(Figure.against(share + ".at_" + rate, run.median("webhook." + rate + '.' + share), "ms",
                        run.median("nothing." + rate + '.' + share)));
            }
        }
    }

    /** Each request follows the answer to the one before it. */
    private static void most(Run run, AdmissionLoad baseline, AdmissionLoad load) throws Exception {
        int seconds = run.quick() ? 2 : 8;
        for (int round = 0; round < (run.quick() ? 1 : 3); round++) {
            run.sample("nothing.most", (double) baseline.run(0, seconds).length / seconds);
            run.sample("webhook.most", (double) load.run(0, seconds).length / seconds);
        }
        run.figure(Figure.against("requests_per_s", run.median("webhook.most"), "1/s", run.median("nothing.most")));
    }

    private static void take(Run run, String name, double[] sorted) {
        run.sample(name + ".p50_ms", Run.quantile(sorted, 0.5));
        run.sample(name + ".p99_ms", Run.quantile(sorted, 0.99));
        run.progress("%s requests/s: p50 %.2f ms, p99 %.2f ms", name, Run.quantile(sorted, 0.5), Run.quantile(sorted, 0.99));
    }

    private static JavaChild start(
            Run run, String name, String main, String classPath, List<String> arguments, Map<String, String> settings) {
        JavaChild child = JavaChild.start(name, run.home().resolve("webhook/webhook.jvm"), classPath, main, arguments,
                settings, run.scratch().resolve(name + ".log"), line -> line.equals("webhook: ready"));
        child.awaitReady(Duration.ofSeconds(60));
        return child;
    }

    /** Of the webhook alone: each archive on it costs memory. */
    private static String classPath(Run run) throws Exception {
        Path target = run.home().resolve("webhook/target");
        Path classPath = target.resolve("classpath.txt");
        if (!Files.exists(classPath)) {
            throw new UnavailableException(classPath + " is missing: build first");
        }
        return target.resolve("webhook-0.1.0-SNAPSHOT.jar") + ":" + Files.readString(classPath).strip();
    }

    /** Writes a file. */
    private static String pem(Run run, String file, String type, byte[]... parts) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (byte[] part : parts) {
            pem.append("-----BEGIN ").append(type).append("-----\n").append(Base64.getMimeEncoder().encodeToString(part))
                    .append("\n-----END ").append(type).append("-----\n");
        }
        return Files.writeString(run.scratch().resolve(file), pem).toString();
    }

    private static int port(Run run, String name) throws Exception {
        Matcher port = PORT.matcher(Files.readString(run.scratch().resolve(name + ".log")));
        if (!port.find()) {
            throw new IllegalStateException(name + " names no port");
        }
        return Integer.parseInt(port.group(1));
    }

    private static double resident(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6).findFirst().orElseThrow();
    }

    /** Every workload of the load is among them, below the threshold: its risk is computed for each answer. */
    private static void risks(EmbeddedKafka kafka) {
        AvroCodec<RiskScore> codec = AvroCodec.of(RiskScore.class);
        long now = Instant.now().toEpochMilli() * 1_000_000;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < WORKLOADS; i++) {
                WorkloadRef workload = new WorkloadRef("prod", "shop", "Deployment", "w" + i);
                producer.send(new ProducerRecord<>(Topics.RISK, Keys.bytes(Keys.workload(workload)),
                        codec.encode(new RiskScore(workload, 60.0, RiskLevel.HIGH, new ArrayList<>(), now, 3600L,
                                new Completeness(true, 0L, 0L), RiskEntity.WORKLOAD, "", 0.0))));
            }
        }
    }

    /** Pods as a ReplicaSet makes them, of different Deployments, users, images and numbers of containers. */
    private static List<byte[]> reviews() throws Exception {
        List<byte[]> reviews = new ArrayList<>();
        for (int i = 0; i < REVIEWS; i++) {
            StringBuilder containers = new StringBuilder();
            for (int k = 0; k <= i % 3; k++) {
                containers.append(k == 0 ? "" : ", ").append("""
                        {name: c%d, image: "registry.example.org/shop/app-%d:1.%d", args: [--port, "80%d"],
                         env: [{name: MODE, value: production}, {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}],
                         ports: [{containerPort: 80%02d, protocol: TCP}],
                         resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}},
                         securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}},
                         volumeMounts: [{name: data, mountPath: /data}], imagePullPolicy: IfNotPresent}"""
                        .formatted(k, i, k, k, i));
            }
            String yaml = """
                    apiVersion: admission.k8s.io/v1
                    kind: AdmissionReview
                    request:
                      uid: 705ab4f5-6393-11e8-b7cc-4201%08d
                      kind: {group: "", version: v1, kind: Pod}
                      resource: {group: "", version: v1, resource: pods}
                      namespace: shop
                      operation: CREATE
                      userInfo: {username: "system:serviceaccount:kube-system:replicaset-controller", groups: ["system:authenticated"]}
                      dryRun: false
                      object:
                        apiVersion: v1
                        kind: Pod
                        metadata:
                          generateName: w%d-7d4b9c6f5-
                          namespace: shop
                          labels: {app: w%d, pod-template-hash: 7d4b9c6f5}
                          ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: w%d-7d4b9c6f5, controller: true}]
                        spec:
                          serviceAccountName: orders
                          containers: [%s]
                          volumes: [{name: data, emptyDir: {}}]
                          securityContext: {runAsNonRoot: true}
                    """.formatted(i, i, i, i, containers);
            reviews.add(JSON.writeValueAsBytes(new Yaml().load(yaml)));
        }
        return reviews;
    }
}
