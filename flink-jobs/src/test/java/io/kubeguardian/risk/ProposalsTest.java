package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.config.ConfigException;
import io.kubeguardian.config.DetectionSettings;
import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.DecisionState;
import io.kubeguardian.schema.ExceptedDestination;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Verdict;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the risk operator asks for, by the policy. */
class ProposalsTest {
    private RiskHarness risk;

    @BeforeEach
    void open() throws Exception {
        risk = RiskHarness.open();
    }

    @AfterEach
    void close() throws Exception {
        risk.close();
    }

    private void reopen(DecisionPolicy policy, boolean bounded, long clockSeconds) throws Exception {
        risk.close();
        risk = new RiskHarness(policy, bounded, clockSeconds, null);
    }

    @Test
    void theIncidentMayComeBeforeItsRisk() throws Exception {
        incident(0);
        assertThat(risk.proposals()).isEmpty();

        signal(Priority.EMERGENCY);

        assertThat(risk.proposals()).hasSize(1);
        Decision decision = risk.proposals().get(0);
        assertThat(decision.getNode()).isEqualTo("node-1");
        assertThat(decision.getScore()).isCloseTo(90, within(0.01));
        assertThat(decision.getReason()).isEqualTo("A story in pod shop/orders-1: risk 90 is at or above 80 (step)");
        assertThat(decision.getExpiresTime() - decision.getEventTime()).isEqualTo(900_000_000_000L);
        assertThat(decision.getVerdict()).isEqualTo(Verdict.CONTAIN);
        assertThat(decision.getPolicy()).isEqualTo("configuration");
    }

    @Test
    void orAfterIt() throws Exception {
        signal(Priority.EMERGENCY);

        incident(0);

        assertThat(risk.proposals()).hasSize(1);
    }

    @Test
    void belowTheThresholdNothingIsContained() throws Exception {
        incident(0);

        signal(Priority.WARNING);

        assertThat(risk.proposals()).isEmpty();
    }

    @Test
    void riskWithoutAnIncidentContainsNothing() throws Exception {
        for (int i = 0; i < 100; i++) {
            risk.signal(SignalExamples.rule("rule " + i, Priority.EMERGENCY, i));
        }

        assertThat(risk.proposals()).isEmpty();
    }

    @Test
    void aContainerIsContainedOnceUntilThatRunsOut() throws Exception {
        signal(Priority.EMERGENCY);
        incident(0);
        incident(1000);
        assertThat(risk.proposals()).hasSize(1);

        risk.time(901_000);
        incident(902_000);

        assertThat(risk.proposals()).hasSize(2);
    }

    @Test
    void anAttackThatGoesOnProlongsTheContainmentBeforeItRunsOut() throws Exception {
        signal(Priority.EMERGENCY);
        incident(0);

        incident(449_000);
        assertThat(risk.proposals()).hasSize(1);
        Incident grown = Incident.newBuilder(SignalExamples.incident(0)).setRevision(2)
                .setLastEventTime((SignalExamples.START + 450_000) * 1_000_000).build();
        risk.incident(grown);

        assertThat(risk.proposals()).extracting(d -> d.getExpiresTime() / 1_000_000)
                .containsExactly(SignalExamples.START + 900_000, SignalExamples.START + 1_350_000);
        assertThat(risk.proposals()).extracting(Decision::getId).doesNotHaveDuplicates();
    }

    @Test
    void oldEvidenceThatIsReadAgainContainsNothing() throws Exception {
        reopen(RiskHarness.policy(SignalExamples.settings()), false, 900);
        signal(Priority.EMERGENCY);

        incident(0);

        assertThat(risk.proposals()).isEmpty();
    }

    @Test
    void aReplayTellsWhatWouldHaveBeenDecided() throws Exception {
        reopen(RiskHarness.policy(SignalExamples.settings()), true, 900);
        signal(Priority.EMERGENCY);

        incident(0);

        assertThat(risk.proposals()).hasSize(1);
    }

    @Test
    void whatWaitsIsBoundedAndForgotten() throws Exception {
        for (int i = 0; i < 1000; i++) {
            risk.incident(Incident.newBuilder(SignalExamples.incident(i)).setPriority(Priority.NOTICE).build());
        }
        assertThat(risk.operator.numEventTimeTimers()).isLessThanOrEqualTo(Proposals.PENDING_LIMIT + 5);

        risk.time(60 * 24 * 3_600_000L);
        risk.time(61 * 24 * 3_600_000L);

        assertThat(risk.operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void aJobThatGoesOnFromASavepointDecidesOnce() throws Exception {
        incident(0);
        OperatorSubtaskState state = risk.operator.snapshot(1, 1);
        risk.close();
        risk = new RiskHarness(RiskHarness.policy(SignalExamples.settings()), false, 0, state);

        signal(Priority.EMERGENCY);
        incident(10);

        assertThat(risk.proposals()).hasSize(1);
    }

    @Test
    void theFirstEntryThatFitsDecides() throws Exception {
        DecisionPolicy policy = RiskHarness.policy(SignalExamples.settings(),
                entry("other", Map.of("app", "payments"), 1, DecisionState.IN_FORCE),
                entry("watched", Map.of("app", "orders"), DecisionPolicy.NEVER, DecisionState.IN_FORCE),
                entry("rest", Map.of(), 1, DecisionState.IN_FORCE));
        reopen(policy, false, 0);
        risk.pod(null, RiskFunctionTest.pod("pod-1", false));
        signal(Priority.EMERGENCY);
        incident(0);
        assertThat(risk.proposals()).isEmpty();

        // without the label it is another entry's
        reopen(policy, false, 0);
        incident(0);
        assertThat(risk.proposals()).extracting(Decision::getPolicy).containsExactly("rest");
    }

    @Test
    void quarantineAndAlertHaveThresholdsOfTheirOwn() throws Exception {
        reopen(RiskHarness.policy(SignalExamples.settings(), new DecisionPolicy.Entry("all", DecisionPolicy.Match.ALL, 20,
                60, 85, List.of(ContainmentAction.FREEZE), 60, DecisionState.DRY_RUN)), false, 0);
        signal(Priority.EMERGENCY);
        signal(Priority.EMERGENCY);

        incident(0);

        assertThat(risk.proposals()).extracting(Decision::getVerdict).containsExactly(Verdict.ALERT, Verdict.QUARANTINE);
        Decision quarantine = risk.proposals().get(1);
        assertThat(quarantine.getState()).isEqualTo(DecisionState.DRY_RUN);
        assertThat(quarantine.getActions()).containsExactly(ContainmentAction.FREEZE);
        assertThat(quarantine.getLabels()).containsEntry("kubeguardian.io/quarantine", quarantine.getId());
        assertThat(quarantine.getExpiresTime() - quarantine.getEventTime()).isEqualTo(60_000_000_000L);
        risk.time(24 * 3_600_000L);
        assertThat(risk.proposals().get(2).getVerdict()).isEqualTo(Verdict.ALLOW);
    }

    @Test
    void theSettingsExceptionsAreInEveryDecision() throws Exception {
        reopen(RiskHarness.policy(settings(List.of("/usr/bin/backup"), List.of("10.96.0.10:53/udp"))), false, 0);
        signal(Priority.EMERGENCY);

        incident(0);

        Decision decision = risk.proposals().get(0);
        assertThat(decision.getExceptPaths()).containsExactly("/usr/bin/backup");
        assertThat(decision.getExceptDestinations()).containsExactly(new ExceptedDestination("10.96.0.10", 53, 17));
        assertThat(decision.getRequestedBy()).isEmpty();
    }

    @Test
    void anExceptionThatIsNoneIsToldBeforeTheJobRuns() {
        assertThatThrownBy(() -> RiskHarness.policy(settings(List.of(), List.of("dns.example.com"))))
                .isInstanceOf(ConfigException.class).hasMessageContaining("containExceptDestinations");
        assertThatThrownBy(() -> RiskHarness.policy(settings(List.of("bin/*"), List.of())))
                .isInstanceOf(ConfigException.class).hasMessageContaining("containExceptPaths");
    }

    private static DecisionPolicy.Entry entry(
            String name, Map<String, String> labels, double containAt, DecisionState mode) {
        return new DecisionPolicy.Entry(name, new DecisionPolicy.Match(List.of(), List.of(), List.of(), List.of(), labels),
                DecisionPolicy.NEVER, containAt, DecisionPolicy.NEVER, DecisionPolicy.ACTIONS, 900, mode);
    }

    private static DetectionSettings settings(List<String> paths, List<String> destinations) {
        return new DetectionSettings(List.of(), List.of(), 1, "", 200, 3000, 256, 1000, 60, 30, 100, 3600, 80, 900, paths,
                destinations, 100, 3600, 900);
    }

    private void incident(long millis) throws Exception {
        risk.incident(SignalExamples.incident(millis));
    }

    private void signal(Priority priority) throws Exception {
        risk.signal(SignalExamples.rule("rule", priority, 1));
    }
}
