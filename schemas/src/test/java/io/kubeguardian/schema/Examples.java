package io.kubeguardian.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;

/** One filled example of every record that stands on a topic, the same at every call. */
final class Examples {
    static final WorkloadRef WORKLOAD = new WorkloadRef("prod", "shop", "Deployment", "orders");
    static final PodRef POD = new PodRef("6d4cf56d-0000-4000-8000-000000000001", "shop", "orders-1", "node-1", true);
    private static final Completeness COMPLETE = new Completeness(true, 0L, 0L);

    private Examples() {}

    static List<SpecificRecordBase> all() {
        return List.of(eventBatch(), pod(), signal(), incident(), risk(), decision(), health(), audit(), deadLetter(),
                new CaptureEntry(eventBatch()), ruleBundle(), ruleStatus(), approval(), posture(), intelChunk(), intelFeed(),
                profile(), profilePolicy(), profileAudit(), model(), admissionPolicy(), checkException(), namespace(),
                admissionAudit(), runtimePolicy());
    }

    static EventBatch eventBatch() {
        EventBatchBuilder builder = new EventBatchBuilder();
        int server = builder.process(100, 1, 5_000L, "c".repeat(64), "orders", 1000, 1000);
        int shell = builder.process(101, 7, 9_000L, "c".repeat(64), "sh", 1000, 1000);
        builder.addOpen(1_700L, shell, "/var/run/secrets/kubernetes.io/serviceaccount/token", 0, 0, 3, 0);
        builder.addExec(1_500L, shell, 100, 5_000L, "/bin/sh", List.of("sh", "-c", "id"), "/srv",
                EventBits.EXEC_UPPER_LAYER);
        builder.addFork(1_000L, server, 101, 7, 9_000L);
        builder.addConnect(1_800L, shell, 2, "203.0.113.9", 4444, -115, 0);
        builder.addExit(1_900L, shell, 9);
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId("b".repeat(36));
        batch.setEpoch(1_790_000_000_000L);
        batch.setNodeSequence(7);
        batch.setPodSequence(3);
        batch.setPodUid(POD.getUid());
        batch.getLosses().add(new Loss(EventClass.BULK, LossCause.RING_FULL, 12L));
        return batch;
    }

    static PodMetadata pod() {
        return new PodMetadata("prod", POD.getUid(), "shop", "orders-1", "node-1", "Deployment", "orders", "default",
                Map.of("app", "orders"),
                List.of(new ContainerMetadata("c".repeat(64), "orders", "shop/orders:1.2", "sha256:" + "d".repeat(64), false, 0L)),
                false, 1_790_000_000_000L, false, false, false);
    }

    static Signal signal() {
        ProcessRef shell = new ProcessRef("b".repeat(36), 101, 9_000L, "sh", "/bin/sh", List.of("sh", "-c", "id"),
                1000, "c".repeat(64));
        ProcessRef server = new ProcessRef("b".repeat(36), 100, 5_000L, "orders", "/srv/orders", List.of("orders"),
                1000, "c".repeat(64));
        return new Signal("s-1", SignalKind.RULE, "Shell spawned by a server", Priority.WARNING,
                List.of("T1059.004"), List.of("T1059.004"), 2_500L, 3_000L, WORKLOAD, POD, "c".repeat(64),
                "shop/orders:1.2", shell, List.of(server), "a shell", Map.of("proc.name", "sh"), COMPLETE,
                "", Map.of(), 0.0, List.of());
    }

    static Incident incident() {
        return Incident.newBuilder().setId("i-1").setPattern("drop-and-run").setTitle("Dropped and run")
                .setDescription("…").setPriority(Priority.CRITICAL).setTechniques(List.of("T1105"))
                .setWorkload(WORKLOAD).setPod(POD).setFirstEventTime(2_500L).setLastEventTime(4_000L)
                .setDetectedTime(5_000L).setSignals(List.of(signal())).setCompleteness(COMPLETE).build();
    }

    static RiskScore risk() {
        return new RiskScore(WORKLOAD, 87.5, RiskLevel.HIGH,
                List.of(new RiskFactor("rule", "Shell spawned by a server", 25.0, "a shell", "s-1", 1, 2_500L,
                        List.of(), false)),
                5_000L, 3600L, COMPLETE, RiskEntity.WORKLOAD, "", 0.0);
    }

    static Decision decision() {
        return new Decision("d-1", "prod", "node-1", POD.getUid(), "c".repeat(64), WORKLOAD,
                List.of(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK), "incident i-1", "i-1", 87.5,
                "detection", 5_000L, 905_000L, false, 4_000L, "", List.of(), List.of(), Verdict.CONTAIN,
                DecisionState.IN_FORCE, "", "", 0L, Map.of());
    }

    static CollectorHealth health() {
        return CollectorHealth.newBuilder().setCluster("prod").setNode("node-1").setBootId("b".repeat(36))
                .setEpoch(1_790_000_000_000L).setTime(6_000L)
                .setSensors(List.of(new SensorMode("exec", "tp_btf/sched_process_exec", "")))
                .setLosses(List.of(new Loss(EventClass.BULK, LossCause.RING_FULL, 12L)))
                .setContainments(List.of(new ContainmentStatus("d-1", POD.getUid(), "c".repeat(64),
                        List.of(ContainmentAction.DENY_EXEC), List.of(), ContainmentState.REFUSED, 5_500L,
                        "this kernel refuses lsm programs", 0L, 0L, 0L, 0L, 0L, List.of())))
                .setEventsRead(1_000L).setBatchesSent(10L).setBytesSent(20_000L).setResidentBytes(80L << 20).build();
    }

    static ContainmentAudit audit() {
        return new ContainmentAudit("node-1/1790000000000/4", "prod", "node-1", "b".repeat(36), 6_000L,
                AuditEvent.RENEWED, "d-1", POD.getUid(), "c".repeat(64), WORKLOAD, "cli", "ana@bastion",
                "under investigation", "i-1", 5_000L, 905_000L, List.of("/usr/bin/id", "/usr/lib/*"),
                List.of(new ExceptedDestination("10.0.0.0/8", 443, 6)),
                List.of(new ActionMode(ContainmentAction.KILL_EXEC, "tp_btf/sched_process_exec", ""),
                        new ActionMode(ContainmentAction.DENY_OPEN, "", "refused by this kernel")),
                3L, 0L, 0L, 2L, 17L, "");
    }

    static DeadLetter deadLetter() {
        return new DeadLetter(Topics.EVENTS, 0, 42L, "detection", "not an EventBatch", 6_000L,
                ByteBuffer.wrap("junk".getBytes(StandardCharsets.UTF_8)), false);
    }

    static RuleBundle ruleBundle() {
        return new RuleBundle("sha256:" + "e".repeat(64),
                List.of(new RuleFile("rules/shells.yaml",
                        ByteBuffer.wrap("- list: shells\n  items: [sh]\n".getBytes(StandardCharsets.UTF_8)))),
                false, "ada", 6_000L, List.of("sha256:" + "f".repeat(64), ""));
    }

    static BehaviourModel model() {
        return new BehaviourModel("behaviour", "prod/shop/Deployment/orders", "sha256:" + "e".repeat(64), 3L, 60, 1,
                List.of(new ModelFeature("rate.exec", 0.5, 0.25)),
                List.of(new ModelMember("statistics", 1.0, List.of(0.5, 1.5), List.of(ByteBuffer.wrap(new byte[] {1, 2})))),
                new ModelProvenance(List.of("capture.kgc"), "sha256:" + "d".repeat(64), 120L, 1_000L, 2_000L, 3_000L, 7L,
                        "kubeguardian", Map.of("folds", "5"), Map.of("distorted.auroc", 0.9)),
                "ada", 6_000L, List.of("sha256:" + "f".repeat(64)), false);
    }

    static AdmissionPolicyRecord admissionPolicy() {
        return new AdmissionPolicyRecord("prod", "no-root", "AdmissionPolicy/no-root",
                ByteBuffer.wrap("{\"name\":\"no-root\"}".getBytes(StandardCharsets.UTF_8)),
                List.of(new PolicyExemption("legacy", ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)))),
                "sha256:" + "a".repeat(64), 3L, "kubeguardian-controller", 7_000L);
    }

    static CheckExceptionRecord checkException() {
        return new CheckExceptionRecord("prod", "node-agent", List.of("privileged-container", "host-network"),
                ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)), "sha256:" + "b".repeat(64), 2L,
                "kubeguardian-controller", 8_000L);
    }

    static NamespaceMetadata namespace() {
        return new NamespaceMetadata("prod", "shop", Map.of("tier", "gold"), 1_790_000_000_000L);
    }

    static RuntimePolicyRecord runtimePolicy() {
        RuntimePolicyRecord policy = RuntimePolicyRecord.newBuilder().setCluster("prod").setNamespace("shop").setName("web")
                .setSource("RuntimePolicy/shop/web").setWorkload(new WorkloadRef("prod", "shop", "Deployment", "web"))
                .setMode(RuntimePolicyMode.ENFORCE)
                .setPrograms(List.of(new AllowedProgram("/usr/bin/node", List.of("/bin/sh"), List.of("<s> <n>"))))
                .setRead(List.of("/etc/hosts")).setList(List.of("/srv")).setWrite(List.of("/tmp/*"))
                .setChange(List.of("/var/cache/<uuid>"))
                .setDestinations(List.of(new AllowedDestination("", "10.0.7.0/24", 5432, "TCP", List.of()),
                        new AllowedDestination("db.shop.svc", "", 53, "UDP", List.of("10.0.0.6:53/udp"))))
                .setListen(List.of("8080/tcp")).setDnsNames(List.of("*.example.com")).setUsers(List.of(101L))
                .setCapabilities(List.of("CAP_NET_BIND_SERVICE")).setSyscalls(List.of("read")).setDigest("")
                .setGeneration(3L).setIssuedBy("kubeguardian-controller").setIssuedTime(7_000L).build();
        policy.setDigest(RuntimePolicyCheck.digest(policy));
        return policy;
    }

    static RuleStatus ruleStatus() {
        return new RuleStatus("kubeguardian-detection", "a".repeat(32), 1, 2, 7_000L, "sha256:" + "f".repeat(64), false,
                5_000L, "sha256:" + "e".repeat(64), 6_000L, RuleVerdict.REJECTED, "rules/shells.yaml:1:1: unknown list", 3,
                1, 2_048L, 2L, 90L, List.of(new RuleCost("Shell spawned by a server", 4L, 2_000L, 2L, 80L)), 0);
    }

    static Approval approval() {
        return new Approval("prod", "d-1", true, "ana@bastion", "seen it", 7_000L);
    }

    static Posture posture() {
        return new Posture(WORKLOAD, List.of(new PostureFinding("pss-baseline/privileged", "high", "privileged")), 7_000L);
    }

    static AdmissionAudit admissionAudit() {
        return new AdmissionAudit("705ab4f5-6393-11e8-b7cc-42010a800003", POD.getUid(), 7_000L, "prod", "webhook-1", "CREATE",
                "", "Pod", "", "shop", "orders-1", "system:serviceaccount:kube-system:replicaset-controller",
                "prod/shop/Deployment/orders", AdmissionVerdict.WARNED, List.of("risk is 40"),
                List.of(new AdmissionFinding("run-as-root", "high", "spec.containers[0].securityContext")), 0,
                List.of("team-label"), 40.0, 1_500L, false, 900L);
    }

    static IntelChunk intelChunk() {
        return new IntelChunk("blocklist", 8_000L, 0, IndicatorType.IPV4, 2,
                ByteBuffer.wrap(new byte[] {(byte) 198, 51, 100, 7, (byte) 203, 0, 113, 9}),
                new IndicatorFacts(List.of(1_790_000_000L), List.of(), List.of(1_790_000_000L, 0L), List.of(80), List.of()));
    }

    static IntelFeed intelFeed() {
        return new IntelFeed("blocklist", "https://intel.example/ips.txt", 8_000L, 1, 1, 2, "sha256:" + "e".repeat(64),
                9_000L, 99_000L, 70, true, List.of("T1071"), List.of("", "botnet"), "5e77", "\"etag\"",
                "Thu, 01 Oct 2026 00:00:00 GMT", "ada", 3);
    }

    static Profile profile() {
        return Profile.newBuilder().setWorkload(WORKLOAD).setImage("sha256:" + "d".repeat(64))
                .setImageName("shop/orders:1.2").setPhase(ProfilePhase.READY).setFirstEvent(1_000L).setReadySince(2_000L)
                .setUpdatedTime(3_000L)
                .setItems(List.of(new ProfileItem("connect", "db.shop.svc.cluster.local:5432", ItemSource.LEARNED, 1_000L,
                        2_500L, 7L, "", List.of("10.0.0.5:5432"))))
                .setLeftOut(Map.of("file", 3)).setSketched(Map.of("file", 12L))
                .setSyscalls(List.of(new ProfileCall("read", 100L)))
                .setDrifts(List.of(new ProfileDrift("exec", "/tmp/x", 2_600L, 2_700L, 2L, POD.getUid(), "/tmp/x")))
                .setRates(List.of(new ProfileRate("execs", 7, 3, 10.0, 2.0, 100.0)))
                .setDigest("sha256:" + "e".repeat(64)).build();
    }

    static ProfilePolicy profilePolicy() {
        return ProfilePolicy.newBuilder().setWorkload(WORKLOAD)
                .setAccepted(List.of(new AcceptedItem("exec", "/bin/sh", "alice", "debugging", 2_000L)))
                .setFrozen(true).setImported(List.of(profile())).setAction("accept").setSubject("exec /bin/sh")
                .setIssuedBy("alice").setReason("debugging").setIssuedTime(2_000L).setDigest("sha256:" + "f".repeat(64))
                .build();
    }

    static ProfileAudit profileAudit() {
        return ProfileAudit.newBuilder().setId("a-1").setWorkload(WORKLOAD).setTime(3_000L).setEventTime(2_000L)
                .setEvent(ProfileEvent.APPLIED).setAction("accept").setSubject("exec /bin/sh").setIssuedBy("alice")
                .setReason("debugging").setIssuedTime(2_000L).build();
    }
}
