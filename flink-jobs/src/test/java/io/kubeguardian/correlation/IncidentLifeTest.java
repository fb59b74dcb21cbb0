package io.kubeguardian.correlation;

import static io.kubeguardian.correlation.CorrelationTest.pattern;
import static io.kubeguardian.correlation.CorrelationTest.signal;
import static io.kubeguardian.correlation.CorrelationTest.sources;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.detection.SignalExamples;
import io.kubeguardian.schema.AttackStep;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.IncidentState;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An incident is told, grows, and closes: one id, revision by revision. */
class IncidentLifeTest {
    private static final String TWO = pattern("two", "temporal_ordered", "[a, b]", "5m", "");
    private static final String GRAVE =
            pattern("grave", "temporal_ordered", "[b, c]", "5m", "").replace("level: high", "level: critical");
    private static final String OTHER = pattern("other", "event_count", "[z]", "5m", "condition: {gte: 2}");

    private CorrelationWorld world;

    @BeforeEach
    void open() throws Exception {
        world = new CorrelationWorld(sources(TWO, GRAVE, OTHER));
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    private void send(String rule, long second) throws Exception {
        world.send(signal(rule, second));
        world.time(second * 1000);
    }

    @Test
    void itIsToldWhenThePatternIsCompleteAndAgainWithNewsAndClosesWhenItIsQuiet() throws Exception {
        send("a", 0);
        assertThat(world.told()).isEmpty();

        send("b", 1);
        send("z", 2);
        world.time(2_000 + CorrelationWorld.QUIET - 1);
        assertThat(world.told()).extracting(Incident::getState)
                .containsExactly(IncidentState.OPEN, IncidentState.UPDATED);
        world.time(2_000 + CorrelationWorld.QUIET);

        assertThat(world.told()).extracting(Incident::getState)
                .containsExactly(IncidentState.OPEN, IncidentState.UPDATED, IncidentState.CLOSED);
        assertThat(world.told()).extracting(Incident::getRevision).containsExactly(1, 2, 3);
        assertThat(world.told()).extracting(Incident::getId).containsOnly(world.told().get(0).getId());
        assertThat(world.told().get(0).getSignals()).extracting(Signal::getRule).containsExactly("a", "b");
        assertThat(world.told().get(2).getSignals()).extracting(Signal::getRule).containsExactly("a", "b", "z");
        assertThat(world.told().get(2).getPatterns()).containsExactly("two");
        assertThat(world.entities()).isZero();
        assertThat(world.timers()).isZero();
    }

    @Test
    void twoPatternsThatShareASignalAreOneIncidentUnderTheGraverTitle() throws Exception {
        send("a", 0);
        send("b", 1);
        send("c", 2);

        assertThat(world.incidents()).hasSize(1);
        Incident incident = world.incidents().get(0);
        assertThat(incident.getPatterns()).containsExactly("two", "grave");
        assertThat(incident.getTitle()).isEqualTo("The grave one");
        assertThat(incident.getPriority()).isEqualTo(Priority.CRITICAL);
        assertThat(incident.getState()).isEqualTo(IncidentState.UPDATED);
        assertThat(incident.getId()).isEqualTo(world.told().get(0).getId());
    }

    @Test
    void moreOfTheSameIsToldOnceInAWhile() throws Exception {
        send("a", 0);
        send("b", 1);
        for (int second = 2; second < 42; second++) {
            send("b", second);
        }

        assertThat(world.told()).hasSizeBetween(4, 5);
        assertThat(world.told().get(world.told().size() - 1).getSignals().size()).isGreaterThan(30);
    }

    @Test
    void moreOfTheSameDoesNotKeepItOpen() throws Exception {
        send("a", 0);
        send("b", 1);
        for (int minute = 1; minute < 20; minute++) {
            send("b", minute * 60);
        }

        assertThat(world.incidents()).hasSize(1);
        assertThat(world.incidents().get(0).getState()).isEqualTo(IncidentState.CLOSED);
    }

    @Test
    void aFloodIsCountedAndTheRecordStaysSmall() throws Exception {
        send("a", 0);
        for (int i = 0; i < 2_000; i++) {
            Signal loud = SignalExamples.rule("b", Priority.WARNING, 1_000 + i);
            loud.setOutput("\u0001".repeat(4_000));
            world.send(loud);
        }
        world.time(100_000_000);

        Incident last = world.incidents().get(0);
        assertThat(last.getSignals()).hasSizeLessThanOrEqualTo(IncidentRecords.MOST_SIGNALS);
        assertThat(last.getSignals().size() + last.getSignalsOmitted()).isEqualTo(2_001);
        assertThat(AvroCodec.of(Incident.class).encode(last).length).isLessThan(400_000);
        assertThat(io.kubeguardian.alerts.OcsfAlerts.of(last).json.length).isLessThan(1_000_000);
    }

    @Test
    void itCarriesThePathAndTheProcessTree() throws Exception {
        Signal read = signal("a", 0);
        read.setTags(new ArrayList<>(List.of("container", "credential_access")));
        read.setTechniques(new ArrayList<>(List.of("T1552.001")));
        world.send(read);
        Signal shell = signal("b", 1);
        shell.setTags(new ArrayList<>(List.of("container", "mitre_execution", "attack.execution")));
        world.send(shell);
        world.time(10_000);

        Incident incident = world.incidents().get(0);
        assertThat(incident.getAttackPath()).extracting(AttackStep::getTactic)
                .containsExactly("execution", "credential_access"); // by the matrix, not by time
        assertThat(incident.getAttackPath().get(1).getTechniques()).containsExactly("T1552.001");
        assertThat(incident.getProcesses()).extracting(p -> p.getProcess().getName()).containsExactly("orders", "sh");
        assertThat(incident.getProcesses()).extracting(p -> p.getParent()).containsExactly(-1, 0);
        assertThat(incident.getProcesses().get(1).getRules()).containsExactly("a", "b");
        assertThat(incident.getEntity()).startsWith("k8s.pod.uid=");
        assertThat(incident.getTechniques()).contains("T1059.004", "T1552.001");
    }

    @Test
    void aStoryThatBeginsAgainAfterTheQuietTimeIsAnotherIncident() throws Exception {
        send("a", 0);
        send("b", 1);
        world.time(2_000_000);
        send("a", 2_001);
        send("b", 2_002);

        assertThat(world.incidents()).hasSize(2);
        assertThat(world.incidents().get(1).getState()).isEqualTo(IncidentState.OPEN);
    }

    @Test
    void oneJumpOfTimeTellsTheWholeLifeInOrder() throws Exception {
        world.send(signal("a", 0));
        world.send(signal("b", 1));
        world.send(signal("a", 5_000));
        world.send(signal("b", 5_001));
        world.time(20_000_000);

        assertThat(world.told()).extracting(Incident::getState).containsExactly(IncidentState.OPEN,
                IncidentState.CLOSED, IncidentState.OPEN, IncidentState.CLOSED);
    }
}
