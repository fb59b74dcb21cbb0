package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.config.DecisionSettings;
import io.kubeguardian.detection.Types;
import io.kubeguardian.schema.Approval;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionCheck;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.Verdict;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionGateTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_790_000_000L * SECOND;
    /** Two workloads at once, three containments a minute, ten minutes for a person. */
    private static final DecisionSettings LIMITS = new DecisionSettings("", 2, 3, 600);

    private static long now;

    private KeyedOneInputStreamOperatorTestHarness<String, GateInput, Decision> gate;

    @BeforeEach
    void open() throws Exception {
        now = START;
        open(null);
    }

    private void open(OperatorSubtaskState state) throws Exception {
        gate = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new DecisionGate(LIMITS, () -> now, false)), input -> input.cluster,
                BasicTypeInfo.STRING_TYPE_INFO);
        gate.setup(Types.DECISION.createSerializer(gate.getExecutionConfig().getSerializerConfig()));
        if (state != null) {
            gate.initializeState(state);
        }
        gate.open();
        gate.setProcessingTime(now / 1_000_000);
    }

    @AfterEach
    void close() throws Exception {
        gate.close();
    }

    @Test
    void whatIsUnderTheLimitsIsInForceAndWrittenDown() throws Exception {
        propose("a", "orders", DecisionState.IN_FORCE);

        assertThat(inForce()).containsExactly("a");
        assertThat(log()).containsExactly("a IN_FORCE");
        Decision decision = gate.extractOutputValues().get(0);
        DecisionCheck.check(decision);
        assertThat(decision.getTook()).isEqualTo(7);
    }

    @Test
    void oneWorkloadMoreThanTheLimitIsHeldUntilAnotherIsOver() throws Exception {
        propose("a", "orders", DecisionState.IN_FORCE);
        propose("b", "payments", DecisionState.IN_FORCE);
        propose("c", "cart", DecisionState.IN_FORCE);
        propose("d", "orders", DecisionState.IN_FORCE); // another container of one that is contained

        assertThat(inForce()).containsExactly("a", "b", "d");
        assertThat(log()).containsExactly("a IN_FORCE", "b IN_FORCE", "c HELD", "d IN_FORCE");
        assertThat(logged(2).getNote()).contains("decisions.containedWorkloads is 2");

        time(901);
        propose("e", "cart", DecisionState.IN_FORCE);

        assertThat(inForce()).endsWith("e");
    }

    @Test
    void anotherClusterHasLimitsOfItsOwn() throws Exception {
        propose("a", "orders", DecisionState.IN_FORCE);
        propose("b", "payments", DecisionState.IN_FORCE);
        Decision other = decision("c", "cart", DecisionState.IN_FORCE);
        other.setCluster("test");

        gate.processElement(GateInput.of(other), 0);

        assertThat(inForce()).containsExactly("a", "b", "c");
    }

    @Test
    void moreInAMinuteThanTheLimitIsHeld() throws Exception {
        for (String id : List.of("a", "b", "c", "d")) {
            propose(id, "orders", DecisionState.IN_FORCE);
        }
        assertThat(log()).endsWith("d HELD");

        time(61);
        propose("e", "orders", DecisionState.IN_FORCE);

        assertThat(inForce()).containsExactly("a", "b", "c", "e");
    }

    @Test
    void aDryRunIsWrittenDownAndNothingElse() throws Exception {
        propose("a", "orders", DecisionState.DRY_RUN);

        assertThat(inForce()).isEmpty();
        assertThat(log()).containsExactly("a DRY_RUN");
        assertThat(isRefused(logged(0))).as("a collector that met it on its topic would refuse it").isTrue();
    }

    @Test
    void aPersonApprovesAlsoWhatWasOverTheLimit() throws Exception {
        propose("p", "orders", DecisionState.PENDING);
        assertThat(inForce()).isEmpty();
        time(300);

        answer("p", true);

        Decision decision = gate.extractOutputValues().get(0);
        assertThat(decision.getState()).isEqualTo(DecisionState.IN_FORCE);
        assertThat(decision.getNote()).endsWith("approved by ada: seen it");
        assertThat(decision.getIssuedTime()).isEqualTo(now);
        assertThat(decision.getExpiresTime() - decision.getIssuedTime()).isEqualTo(900 * SECOND);
        assertThat(log()).containsExactly("p PENDING", "p IN_FORCE");
        answer("p", true); // a second time, as a job that reads it again
        assertThat(inForce()).hasSize(1);
    }

    @Test
    void aPersonRejects() throws Exception {
        propose("p", "orders", DecisionState.PENDING);

        answer("p", false);
        answer("p", true);

        assertThat(inForce()).isEmpty();
        assertThat(log()).containsExactly("p PENDING", "p REJECTED");
    }

    @Test
    void whatNobodyAnswersLapses() throws Exception {
        propose("p", "orders", DecisionState.PENDING);

        time(601);
        gate.setProcessingTime(now / 1_000_000 + 2);
        answer("p", true);

        assertThat(inForce()).isEmpty();
        assertThat(log()).containsExactly("p PENDING", "p LAPSED");
    }

    @Test
    void whatWaitsAndWhatIsContainedOutlivesTheJob() throws Exception {
        propose("a", "orders", DecisionState.IN_FORCE);
        propose("b", "payments", DecisionState.IN_FORCE);
        propose("p", "orders", DecisionState.PENDING);
        OperatorSubtaskState state = gate.snapshot(1, 1);
        gate.close();
        open(state);

        propose("c", "cart", DecisionState.IN_FORCE);
        answer("p", true);

        assertThat(log()).containsExactly("c HELD", "p IN_FORCE");
    }

    @Test
    void aQuarantineIsAContainmentAndNoNewPods() throws Exception {
        Decision decision = decision("q", "orders", DecisionState.IN_FORCE);
        decision.setVerdict(Verdict.QUARANTINE);

        gate.processElement(GateInput.of(decision), 0);

        assertThat(gate.extractOutputValues()).extracting(Keys::decision).containsExactly(
                "6d4cf56d-0000-4000-8000-000000000001/" + "c".repeat(64), "quarantine/prod/shop/Deployment/orders");
        for (Decision one : gate.extractOutputValues()) {
            DecisionCheck.check(one);
        }
    }

    @Test
    void whatWaitsIsBounded() throws Exception {
        for (int i = 0; i < DecisionGate.MOST_WAITING + 5; i++) {
            propose("p" + i, "orders", DecisionState.PENDING);
        }

        assertThat(gate.numKeyedStateEntries()).isEqualTo(1);
        assertThat(logged(DecisionGate.MOST_WAITING + 4).getNote()).contains("lapses at once");
    }

    private static boolean isRefused(Decision decision) {
        try {
            DecisionCheck.check(decision);
            return false;
        } catch (MalformedRecordException e) {
            return true;
        }
    }

    private void time(long seconds) {
        now = START + seconds * SECOND;
    }

    private void propose(String id, String workload, DecisionState state) throws Exception {
        gate.processElement(GateInput.of(decision(id, workload, state)), 0);
    }

    /** For tests of the same operator. */
    static Decision decisionOf(String id, DecisionState state) {
        now = START;
        return decision(id, "orders", state);
    }

    private static Decision decision(String id, String workload, DecisionState state) {
        return Decision.newBuilder().setId(id).setCluster("prod").setNode("node-1")
                .setPodUid("6d4cf56d-0000-4000-8000-000000000001").setContainerId("c".repeat(64))
                .setWorkload(new WorkloadRef("prod", "shop", "Deployment", workload))
                .setActions(List.of(ContainmentAction.KILL_EXEC)).setReason("a story").setScore(90)
                .setIssuedBy("detection").setIssuedTime(now).setExpiresTime(now + 900 * SECOND).setEventTime(now)
                .setState(state).setPolicy("configuration").setTook(now - 7).build();
    }

    private void answer(String id, boolean approved) throws Exception {
        gate.processElement(GateInput.of(new Approval("prod", id, approved, "ada", "seen it", now)), 0);
    }

    private List<String> inForce() {
        return gate.extractOutputValues().stream().map(Decision::getId).toList();
    }

    private List<String> log() {
        return gate.getSideOutput(DecisionGate.LOG).stream().map(StreamRecord::getValue)
                .map(decision -> decision.getId() + " " + decision.getState()).toList();
    }

    private Decision logged(int number) {
        return gate.getSideOutput(DecisionGate.LOG).stream().map(StreamRecord::getValue).toList().get(number);
    }
}
