package io.kubeguardian.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Posture;
import io.kubeguardian.schema.PostureFinding;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.WorkloadRef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RiskFunctionTest {
    private static final long HOUR = 3_600_000;
    private static final WorkloadRef ORDERS = new WorkloadRef("prod", "shop", "Deployment", "orders");

    private RiskHarness risk;

    @BeforeEach
    void open() throws Exception {
        risk = RiskHarness.open();
    }

    @AfterEach
    void close() throws Exception {
        risk.close();
    }

    @Test
    void itRisesWithSignalsAndTheIncidentAndNamesItsReasons() throws Exception {
        signal("a", Priority.WARNING, 0);
        signal("b", Priority.CRITICAL, 10);

        risk.incident(SignalExamples.incident(20));

        List<RiskScore> scores = risk.scores();
        assertThat(scores).extracting(RiskScore::getScore).isSorted().hasSize(3);
        assertThat(scores.get(2).getScore()).isGreaterThan(80);
        assertThat(scores.get(2).getFactors()).extracting(f -> f.getName()).containsExactly("A story", "b", "a");
        assertThat(scores.get(2).getFactors().get(0).getEvidenceId()).isEqualTo("incident-20");
        assertThat(scores).allSatisfy(score -> assertThat(
                score.getFactors().stream().mapToDouble(f -> f.getPoints()).sum())
                .isCloseTo(score.getScore(), within(1e-9)));
    }

    @Test
    void anIncidentThatGrowsUnderAGraverTitleIsStillOneFactor() throws Exception {
        Incident incident = SignalExamples.incident(20);
        risk.incident(incident);

        risk.incident(Incident.newBuilder(incident).setRevision(2).setTitle("A graver story").build());
        signal("a", Priority.CRITICAL, 30);

        List<RiskScore> scores = risk.scores();
        assertThat(scores.get(scores.size() - 1).getFactors()).filteredOn(f -> f.getKind().equals("incident"))
                .singleElement().satisfies(factor -> {
                    assertThat(factor.getName()).isEqualTo("A graver story");
                    assertThat(factor.getCount()).isEqualTo(1);
                });
    }

    @Test
    void theSameIsToldOfPodNodeImageAndNamespace() throws Exception {
        risk.incident(SignalExamples.incident(0));

        assertThat(risk.operator.extractOutputValues()).extracting(io.kubeguardian.schema.Keys::risk)
                .containsExactlyInAnyOrder("prod/shop/Deployment/orders", "pod/6d4cf56d-0000-4000-8000-000000000001",
                        "node/prod/node-1", "image/prod/shop/orders:1.2", "namespace/prod/shop");
        assertThat(risk.scores(RiskEntity.POD).get(0).getPodUid()).isEqualTo("6d4cf56d-0000-4000-8000-000000000001");
    }

    @Test
    void aReasonIsTheSentenceOfTheOutputWithoutItsFields() throws Exception {
        Signal signal = SignalExamples.rule("a", Priority.CRITICAL, 0);
        signal.setOutput("a server started a shell | command=sh -c id user_id=0");

        risk.signal(signal);

        assertThat(risk.scores().get(0).getFactors().get(0).getReason()).isEqualTo("a server started a shell");
    }

    @Test
    void aChangeBelowAPointIsNotPublished() throws Exception {
        for (int i = 0; i < 20; i++) {
            signal("noisy", Priority.NOTICE, i);
        }

        assertThat(risk.scores()).hasSizeLessThan(6);
        assertThat(risk.operator.numEventTimeTimers()).isEqualTo(5); // one for each entity
    }

    @Test
    void anIncidentIsToldOnceHoweverOftenItGrows() throws Exception {
        Incident incident = SignalExamples.incident(0);
        risk.incident(incident);
        for (int revision = 2; revision < 50; revision++) {
            risk.incident(Incident.newBuilder(incident).setRevision(revision)
                    .setLastEventTime(incident.getLastEventTime() + revision).build());
        }
        risk.incident(Incident.newBuilder(incident).setState(IncidentState.CLOSED).build());

        assertThat(risk.scores()).hasSize(1);
    }

    @Test
    void everyNewIncidentIsPublishedEvenIfTheScoreIsFull() throws Exception {
        risk.incident(SignalExamples.incident(0));
        for (int i = 0; i < 10; i++) {
            signal("rule " + i, Priority.EMERGENCY, i);
        }
        int before = risk.scores().size();

        risk.incident(SignalExamples.incident(20));

        assertThat(risk.scores()).hasSize(before + 1);
        assertThat(risk.scores().get(before).getFactors())
                .anyMatch(f -> f.getEvidenceIds().equals(List.of("incident-0", "incident-20")));
    }

    @Test
    void levelsThatChangeByDecayAlonePublishThemselvesAndInTheEndNothingIsKept() throws Exception {
        risk.incident(SignalExamples.incident(0));
        signal("a", Priority.EMERGENCY, 1);

        for (int hours = 1; hours <= 40; hours++) {
            risk.time(hours * HOUR);
        }

        assertThat(risk.scores()).extracting(RiskScore::getLevel).containsExactly(
                RiskLevel.HIGH, RiskLevel.CRITICAL, RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW, RiskLevel.NONE);
        assertThat(risk.operator.numEventTimeTimers()).isZero();
    }

    @Test
    void theEndOfAReplayPublishesNoFuture() throws Exception {
        signal("a", Priority.ALERT, 1);

        risk.operator.processWatermark(org.apache.flink.streaming.api.watermark.Watermark.MAX_WATERMARK);

        assertThat(risk.scores()).hasSize(1);
    }

    @Test
    void exposureStandsAsLongAsAPodHasIt() throws Exception {
        PodMetadata first = pod("pod-1", true);
        PodMetadata second = pod("pod-2", true);
        risk.pod(null, first);
        risk.pod(null, second);
        risk.time(24 * HOUR);

        RiskScore score = risk.scores().get(0);
        assertThat(score.getScore()).isCloseTo(10, within(1e-9));
        assertThat(score.getStanding()).isEqualTo(score.getScore());
        assertThat(score.getFactors()).extracting(f -> f.getName()).containsExactly("privileged container", "host network");

        risk.pod(first, PodMetadata.newBuilder(first).setDeleted(true).build());
        assertThat(risk.scores()).hasSize(1);
        risk.pod(second, PodMetadata.newBuilder(second).setDeleted(true).build());

        assertThat(risk.scores()).extracting(RiskScore::getLevel).containsExactly(RiskLevel.LOW, RiskLevel.NONE);
        assertThat(risk.scores(RiskEntity.POD)).hasSize(4);
        assertThat(risk.operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void anOrdinaryPodIsNoRiskAndItsWorkloadIsForgottenWithIt() throws Exception {
        PodMetadata pod = pod("pod-1", false);
        risk.pod(null, pod);
        assertThat(risk.operator.extractOutputValues()).isEmpty();

        risk.pod(pod, PodMetadata.newBuilder(pod).setDeleted(true).build());

        assertThat(risk.operator.numKeyedStateEntries()).isZero();
    }

    @Test
    void whatAdmissionFoundCountsUntilItFindsSomethingElse() throws Exception {
        posture(List.of(new PostureFinding("privileged", "critical", ""), new PostureFinding("root", "high", "")), 1);
        posture(List.of(), 2);

        assertThat(risk.scores()).extracting(RiskScore::getLevel).containsExactly(RiskLevel.LOW, RiskLevel.NONE);
        assertThat(risk.scores().get(0).getScore()).isCloseTo(8, within(1e-9));
        assertThat(risk.operator.numKeyedStateEntries()).isZero();
    }

    private void posture(List<PostureFinding> findings, long time) throws Exception {
        risk.send(List.of(RiskEvidences.of(new Posture(ORDERS, findings, time))));
    }

    static PodMetadata pod(String uid, boolean exposed) {
        return new PodMetadata("prod", uid, "shop", uid, "node-1", "Deployment", "orders", "default",
                Map.of("app", "orders"), List.of(new ContainerMetadata("c".repeat(64), "orders", "x", "", exposed, 0L)),
                false, SignalExamples.START, exposed, false, false);
    }

    private void signal(String rule, Priority priority, long millis) throws Exception {
        risk.signal(SignalExamples.rule(rule, priority, millis));
    }
}
