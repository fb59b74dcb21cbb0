package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.BaselineSettings;
import io.kubeguardian.intel.IntelSource;
import io.kubeguardian.runtimepolicy.RuntimePolicyExamples;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RuntimePolicyRecord;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.SyscallCounts;
import io.kubeguardian.schema.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runtime policies in the detect operator. */
class RuntimePolicyTest {
    private static final String KEY = Keys.runtimePolicy("prod", "shop", "orders");

    private final Story story = new Story(1_790_000_000_000L);
    private DetectHarness operator;
    private int pid = 300;

    @BeforeEach
    void open() throws Exception {
        start(BaselineSettings.defaults(), null);
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    private void start(BaselineSettings baseline, OperatorSubtaskState state) throws Exception {
        if (operator != null) {
            operator.close();
        }
        operator = DetectHarness.open(new DetectFunction(Story.settings(), baseline, new StoryDetectors(),
                IntelSource.none(), List.of(), DetectionClock.system(), false), new EmbeddedRocksDBStateBackend(), state);
        send(Topics.PODS, story.pod().getUpdatedAt(), AvroCodec.of(PodMetadata.class).encode(story.pod()));
    }

    @Test
    void everyKindOfBreachIsASignalWithItsReasonAndWhatIsAllowedIsNone() throws Exception {
        // Given a policy that allows the server and its database
        publish(RuntimePolicyExamples.policy("orders", Map.of()));

        // When it does what it may, and then somebody else does what it may not
        batch(10, b -> {
            b.addExec(at(10), Story.server(b), 1, 1L, "/srv/orders", List.of("orders", "--port", "80"), "/srv", 0);
            b.addOpen(at(10) + 1, Story.server(b), "/srv/data/7", 0, 0, 3, 0);
            b.addConnect(at(10) + 2, Story.server(b), 2, "10.0.0.5", 5432, 0, 0);
            b.add(counts(b, "read", "write"));
        });
        assertThat(breaches()).isEmpty();
        batch(20, b -> {
            b.addFork(at(20), Story.server(b), 200, 20, 9_000L);
            int shell = b.process(200, 20, 9_000L, Story.CONTAINER, "sh", 0, 0);
            b.addExec(at(20) + 1, shell, 100, Story.SERVER_START, "/bin/sh", List.of("sh", "-c", "id"), "/srv", 0);
            b.addOpen(at(20) + 2, shell, "/etc/shadow", 0, 0, 3, 0);
            b.addConnect(at(20) + 3, shell, 2, "203.0.113.9", 4444, 0, 0);
            b.add(counts(b, "read", "ptrace"));
        });

        // Then each is told once, by what it is, and by which policy
        assertThat(breaches()).extracting(signal -> signal.getRule() + ' ' + signal.getPriority() + ' '
                        + signal.getOutputFields().get("kubeguardian.item"))
                .containsExactlyInAnyOrder("policy.exec WARNING /bin/sh", "policy.user WARNING 0",
                        "policy.file NOTICE read /etc/shadow", "policy.connect WARNING 203.0.113.9:4444",
                        "policy.syscall NOTICE ptrace");
        Signal exec = breaches().stream().filter(signal -> signal.getRule().equals("policy.exec")).findFirst().orElseThrow();
        assertThat(exec.getOutput()).isEqualTo("orders ran a program that its runtime policy does not allow: /bin/sh"
                + " (RuntimePolicy shop/orders, mode alert)");
        assertThat(exec.getOutputFields()).containsEntry("kubeguardian.policy", "shop/orders")
                .containsEntry("kubeguardian.policy.digest", RuntimePolicyExamples.policy("orders", Map.of()).getDigest());
        assertThat(exec.getContainerId()).isEqualTo(Story.CONTAINER);
        assertThat(exec.getAncestors()).extracting(process -> process.getExe()).containsExactly("/srv/orders");
    }

    @Test
    void aBreachIsToldAgainByAnotherPolicyAfterAWhileAndNotWithoutOne() throws Exception {
        run(0, "/bin/sh");
        assertThat(breaches()).isEmpty();

        publish(RuntimePolicyExamples.policy("orders", Map.of()));
        run(1, "/bin/sh");
        run(2, "/bin/sh");
        run(100, "/bin/sh");
        assertThat(breaches()).hasSize(1);

        publish(RuntimePolicyExamples.policy("orders", Map.of("mode", "enforce")));
        run(101, "/bin/sh");
        assertThat(breaches()).hasSize(2);
        assertThat(breaches().get(1)).returns("policy.exec.enforce", Signal::getRule)
                .returns(Priority.CRITICAL, Signal::getPriority);

        run(1200, "/bin/sh");
        assertThat(breaches()).hasSize(3);

        operator.update(new RuleUpdate(KEY, null));
        run(2400, "/bin/sh");
        assertThat(breaches()).hasSize(3);
    }

    @Test
    void aPolicyAndWhatItToldOutliveARestart() throws Exception {
        publish(RuntimePolicyExamples.policy("orders", Map.of()));
        run(0, "/bin/sh");
        assertThat(breaches()).hasSize(1);
        OperatorSubtaskState state = operator.snapshot(1, 1);

        start(BaselineSettings.defaults(), state);
        run(10, "/bin/sh");
        run(11, "/bin/ash");

        assertThat(breaches()).extracting(signal -> signal.getOutputFields().get("kubeguardian.item"))
                .containsExactly("/bin/ash");
    }

    @Test
    void aFloodOfBreachesIsBoundedAndSaidToBe() throws Exception {
        publish(RuntimePolicyExamples.policy("orders", Map.of()));

        batch(0, b -> {
            for (int i = 0; i < 3_000; i++) {
                b.addOpen(at(0) + i, Story.server(b), "/secret/" + letters(i), 0, 0, 3, 0);
            }
        });

        assertThat(breaches()).hasSize(200);
        assertThat(signals("gap.policy")).singleElement().returns(SignalKind.GAP, Signal::getKind);
    }

    @Test
    void whatIsAllowedTakesNoRoomFromWhatIsNot() throws Exception {
        publish(RuntimePolicyExamples.policy("orders", Map.of("files", Map.of("read", List.of("/srv/**")))));

        batch(0, b -> {
            for (int i = 0; i < 3_000; i++) {
                b.addOpen(at(0) + i, Story.server(b), "/srv/" + letters(i), 0, 0, 3, 0);
            }
            b.addOpen(at(0) + 5_000, Story.server(b), "/etc/shadow", 0, 0, 3, 0);
        });

        assertThat(breaches()).extracting(signal -> signal.getOutputFields().get("kubeguardian.item"))
                .containsExactly("read /etc/shadow");
    }

    @Test
    void baselinesThatAreOffStayOff() throws Exception {
        start(BaselineSettings.off(), null);
        publish(RuntimePolicyExamples.policy("orders", Map.of()));

        run(0, "/bin/sh");

        assertThat(breaches()).hasSize(1);
        assertThat(operator.getSideOutput(DetectFunction.OBSERVATIONS)).isNullOrEmpty();
    }

    @Test
    void anotherWorkloadsPolicyIsNotAboutThisOne() throws Exception {
        publish(RuntimePolicyExamples.policy("carts", Map.of("workload", Map.of("kind", "Deployment", "name", "carts"))));

        run(0, "/bin/sh");

        assertThat(breaches()).isEmpty();
    }

    @Test
    void hostileRecordsAreAsideAndWhatWasInForceStays() throws Exception {
        AvroCodec<RuntimePolicyRecord> codec = AvroCodec.of(RuntimePolicyRecord.class);
        RuntimePolicyRecord good = RuntimePolicyExamples.policy("orders", Map.of());
        List<Consumer<RuntimePolicyRecord>> changes = List.of(
                policy -> policy.setDigest("sha256:" + "0".repeat(64)),
                policy -> policy.setMode(io.kubeguardian.schema.RuntimePolicyMode.OTHER),
                policy -> policy.getWorkload().setNamespace("kube-system"),
                policy -> policy.getDestinations().get(0).setCidr("10.0.0.0/99"),
                policy -> policy.getPrograms().get(0).setPath("x".repeat(5_000)),
                policy -> policy.setListen(List.of("99999/tcp")),
                policy -> policy.setUsers(List.of(-1L)),
                policy -> policy.setRead(java.util.Collections.nCopies(6_000, "/x")));
        try (OneInputStreamOperatorTestHarness<RawRecord, RuleUpdate> updates = ProcessFunctionTestHarnesses.forProcessFunction(
                new RuntimePolicyUpdates(DetectionClock.system()))) {
            record(updates, KEY, "junk".getBytes(StandardCharsets.UTF_8));
            record(updates, Keys.runtimePolicy("prod", "shop", "other"), codec.encode(good));
            record(updates, Keys.ACTIVE_RULES, "somebody else's".getBytes(StandardCharsets.UTF_8));
            for (Consumer<RuntimePolicyRecord> change : changes) {
                RuntimePolicyRecord bad = codec.decode(codec.encode(good));
                change.accept(bad);
                if (bad.getDigest().equals(good.getDigest())) {
                    bad.setDigest(io.kubeguardian.schema.RuntimePolicyCheck.digest(bad));
                }
                record(updates, KEY, codec.encode(bad));
            }
            record(updates, KEY, codec.encode(good));
            record(updates, KEY, null);

            List<DeadLetter> letters = new ArrayList<>();
            updates.getSideOutput(DeadLetters.TAG).forEach(letter -> letters.add(letter.getValue()));
            assertThat(letters).hasSize(changes.size() + 2);
            assertThat(updates.extractOutputValues()).hasSize(2);
            assertThat(updates.extractOutputValues().get(0).policy).isEqualTo(good);
            assertThat(updates.extractOutputValues().get(1).policy).isNull();
        }
    }

    private static void record(OneInputStreamOperatorTestHarness<RawRecord, RuleUpdate> updates, String key, byte[] value)
            throws Exception {
        updates.processElement(new RawRecord(Topics.POLICIES, 0, 0, 0, Keys.bytes(key), value), 0);
    }

    /** Without digits, of which a shape would make one. */
    private static String letters(int number) {
        StringBuilder text = new StringBuilder();
        for (char digit : Integer.toString(number).toCharArray()) {
            text.append((char) ('a' + digit - '0'));
        }
        return text.toString();
    }

    private static SyscallCounts counts(EventBatchBuilder batch, String... names) {
        return SyscallCounts.newBuilder().setTime(5).setContainer(batch.string(Story.CONTAINER)).setInterval(Story.SECOND)
                .setCalls(batch.strings(List.of(names))).setCounts(List.of(1L, 1L)).build();
    }

    private long at(int second) {
        return story.start + second * Story.SECOND;
    }

    private void publish(RuntimePolicyRecord policy) throws Exception {
        operator.update(new RuleUpdate(Keys.runtimePolicy("prod", "shop", policy.getName()), policy));
    }

    /** A new process of the server's user runs a program. */
    private void run(int second, String exe) throws Exception {
        batch(second, b -> b.addExec(at(second), Story.process(b, pid, pid, "x"), 1, 1L, exe, List.of(exe), "/", 0));
        pid++;
    }

    private void batch(int second, Consumer<EventBatchBuilder> events) throws Exception {
        EventBatchBuilder builder = new EventBatchBuilder();
        events.accept(builder);
        EventBatch batch = story.finish(builder);
        send(Topics.EVENTS, batch.getBaseTime() / Story.MILLI, AvroCodec.of(EventBatch.class).encode(batch));
    }

    private void send(String topic, long millis, byte[] value) throws Exception {
        operator.processElement(new RawRecord(topic, 0, 0, millis, Keys.bytes(Story.POD_UID), value), millis);
    }

    private List<Signal> breaches() {
        return operator.extractOutputValues().stream().filter(signal -> signal.getRule().startsWith("policy.")).toList();
    }

    private List<Signal> signals(String rule) {
        return operator.extractOutputValues().stream().filter(signal -> signal.getRule().equals(rule)).toList();
    }
}
