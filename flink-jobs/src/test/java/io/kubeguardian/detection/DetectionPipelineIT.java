package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeguardian.schema.ContainmentAction;
import io.kubeguardian.schema.DeadLetter;
import io.kubeguardian.schema.Decision;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.RiskEntity;
import io.kubeguardian.schema.RiskLevel;
import io.kubeguardian.schema.RiskScore;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real pipeline on a real broker and a Flink cluster with RocksDB. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class DetectionPipelineIT {
    private static final List<String> EXPECTED = List.of(StoryDetectors.SHELL, "drift.exec", StoryDetectors.TOKEN,
            "drift.exec", StoryDetectors.DROPPED, "drift.exec", "drift.connect");

    private final Story story = new Story(System.currentTimeMillis() - 180_000);

    @TempDir
    Path folder;

    @Test
    void theAttackOfTheDemoIsSeenCorrelatedScoredAndDecidedOnce() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings()), new StoryDetectors(), 0, 2, null)) {
            // Given a service in its normal behaviour, and junk on every input
            kafka.send(Topics.EVENTS, Story.POD_UID, story.start / 1_000_000, "junk".getBytes(StandardCharsets.UTF_8));
            kafka.send(Topics.PODS, Story.POD_UID, story.start / 1_000_000, new byte[] {(byte) 0xC3, 1, 2, 3});
            kafka.send(story.pod());
            kafka.send(story.normal());

            // When it is attacked
            kafka.send(story.attack());

            // Then each step is a signal, and nothing else is
            List<Signal> signals = kafka.records(Topics.SIGNALS, Signal.class, s -> s.size() >= EXPECTED.size());
            assertThat(signals).extracting(Signal::getRule).containsExactlyInAnyOrderElementsOf(EXPECTED);
            assertThat(signals).allSatisfy(s -> {
                assertThat(s.getPod().getName()).isEqualTo("orders-1");
                assertThat(s.getPod().getNode()).isEqualTo("node-1");
                assertThat(s.getImage()).isEqualTo("shop/orders:1.2");
                assertThat(s.getCompleteness().getComplete()).isTrue();
            });
            Signal token = only(signals, StoryDetectors.TOKEN);
            assertThat(token.getAncestors()).extracting(p -> p.getExe()).containsExactly("/bin/sh", "/srv/orders");

            // and the story is one incident
            List<Incident> incidents = kafka.records(Topics.INCIDENTS, Incident.class, i -> !i.isEmpty());
            assertThat(incidents).hasSize(1);
            Incident incident = incidents.get(0);
            assertThat(incident.getTitle()).isEqualTo("Dropped program calls home");
            assertThat(incident.getSignals()).extracting(Signal::getRule).containsExactly(
                    StoryDetectors.SHELL, StoryDetectors.TOKEN, StoryDetectors.DROPPED, "drift.connect");

            // and the container is contained, once
            List<Decision> decisions = kafka.records(Topics.DECISIONS, Decision.class, d -> !d.isEmpty());
            assertThat(decisions).hasSize(1);
            Decision decision = decisions.get(0);
            assertThat(decision.getPodUid()).isEqualTo(Story.POD_UID);
            assertThat(decision.getContainerId()).isEqualTo(Story.CONTAINER);
            assertThat(decision.getNode()).isEqualTo("node-1");
            assertThat(decision.getActions())
                    .containsExactly(ContainmentAction.KILL_EXEC, ContainmentAction.DENY_NETWORK);
            assertThat(decision.getEvidenceId()).isEqualTo(incident.getId());
            assertThat(decision.getEventTime()).isEqualTo(incident.getLastEventTime());

            // and risk rose step by step to above the thresholds, which the incident did
            List<RiskScore> risk = workloads(kafka.records(Topics.RISK, RiskScore.class,
                    r -> workloads(r).stream().anyMatch(score -> score.getScore() >= 80)));
            assertThat(risk).extracting(RiskScore::getScore).isSorted();
            RiskScore last = risk.get(risk.size() - 1);
            assertThat(last.getLevel()).isEqualTo(RiskLevel.CRITICAL);
            assertThat(last.getFactors().get(0).getKind()).isEqualTo("incident");
            assertThat(risk.get(risk.size() - 2).getScore()).isLessThan(70);

            // and people are told, in OCSF
            List<byte[]> alerts = kafka.values(Topics.ALERTS, a -> a.size() >= EXPECTED.size() + 1);
            assertThat(alerts).hasSize(EXPECTED.size() + 1);
            JsonNode alert = alerts.stream().map(DetectionPipelineIT::json)
                    .filter(a -> a.at("/finding_info/uid").asText().equals(incident.getId())).findFirst().orElseThrow();
            assertThat(alert.get("class_uid").asInt()).isEqualTo(2004);
            assertThat(alert.get("severity_id").asInt()).isEqualTo(5);

            // and the junk is aside, with its place and the reason
            List<DeadLetter> letters = kafka.records(Topics.DEAD_LETTERS, DeadLetter.class, l -> l.size() >= 2);
            assertThat(letters).extracting(DeadLetter::getTopic)
                    .containsExactlyInAnyOrder(Topics.EVENTS, Topics.PODS);
            assertThat(letters).allSatisfy(l -> assertThat(l.getReason()).isNotBlank());

            // and the state is RocksDB's, in the cluster's own folder
            assertThat(fileNames(flink.folder())).anyMatch(name -> name.startsWith("MANIFEST-"));

            // and a browser can look at it
            HttpResponse<String> page = HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(flink.webUi() + "/index.html")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("Apache Flink");

            // and nothing is left behind
            flink.close();
            assertThat(flink.folder()).doesNotExist();
        }
    }

    @Test
    void shuffledWithinTheDisorderBoundItIsTheSameIncident() throws Exception {
        List<String> ids = new ArrayList<>();
        for (long seed = 0; seed < 2; seed++) {
            Story sameStory = new Story(1_790_000_000_000L);
            try (KafkaWorld kafka = new KafkaWorld()) {
                // Given the same events, in order and shuffled
                kafka.send(sameStory.pod());
                kafka.send(sameStory.normal());
                List<EventBatch> attack = new ArrayList<>(sameStory.attack());
                if (seed > 0) {
                    Collections.shuffle(attack, new Random(seed));
                    assertThat(attack.get(0).getPodSequence()).isNotEqualTo(5);
                }
                kafka.send(attack);

                // When the pipeline reads them; with a bound that a pause of a busy machine, in which live time goes
                // on, does not use up (the bound itself is ReplayIT's matter)
                try (EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings(4000)), new StoryDetectors(), 0, 1, null)) {
                    ids.addAll(kafka.records(Topics.INCIDENTS, Incident.class, i -> !i.isEmpty()).stream()
                            .map(Incident::getId).toList());
                }
            }
        }

        // Then both give one incident, with one id
        assertThat(ids).hasSize(2);
        assertThat(ids.get(0)).isEqualTo(ids.get(1));
    }

    @Test
    void restartedFromASavepointInTheMiddleOfTheAttackItFindsTheIncidentOnce() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld()) {
            // Given a job that is stopped after half of the attack
            List<EventBatch> normal = story.normal();
            List<EventBatch> attack = story.attack();
            String savepoint;
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, null)) {
                kafka.send(story.pod());
                kafka.send(normal);
                kafka.send(attack.subList(0, 2));
                kafka.records(Topics.SIGNALS, Signal.class, s -> s.size() >= 4);
                savepoint = flink.stopWithSavepoint(folder);
            }

            // When it goes on with the rest
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings()), new StoryDetectors(), 0, 2, savepoint)) {
                kafka.send(attack.subList(2, 4));
                kafka.records(Topics.DECISIONS, Decision.class, d -> !d.isEmpty());
            }

            // Then processes, baseline and half-done pattern were all still there, and it was decided once
            assertThat(kafka.records(Topics.DECISIONS, Decision.class, d -> !d.isEmpty())).hasSize(1);
            assertThat(kafka.records(Topics.INCIDENTS, Incident.class, i -> !i.isEmpty())).hasSize(1);
            List<Signal> signals = kafka.records(Topics.SIGNALS, Signal.class, s -> s.size() >= EXPECTED.size());
            assertThat(signals).extracting(Signal::getRule).containsExactlyInAnyOrderElementsOf(EXPECTED);
            assertThat(only(signals, StoryDetectors.DROPPED).getAncestors()).extracting(p -> p.getExe())
                    .containsExactly("/bin/sh", "/srv/orders");
        }
    }

    @Test
    void withoutMetadataEventsGoOnUnresolvedAfterABoundedTime() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld();
                EmbeddedFlink flink = EmbeddedFlink.start(
                        kafka.config(Story.settings()), new StoryDetectors(), 0, 1, null)) {
            // Given a pod that nobody describes
            kafka.send(story.normal());

            // When it is attacked
            kafka.send(story.attack());

            // Then the incident is found, and says that the pod is not resolved
            List<Incident> incidents = kafka.records(Topics.INCIDENTS, Incident.class, i -> !i.isEmpty());
            assertThat(incidents).hasSize(1);
            assertThat(incidents.get(0).getPod().getResolved()).isFalse();
            assertThat(incidents.get(0).getPod().getUid()).isEqualTo(Story.POD_UID);
        }
    }

    /** Of a folder in use: files come and go. */
    private static List<String> fileNames(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                names.add(file.getFileName().toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return names;
    }

    private static List<RiskScore> workloads(List<RiskScore> scores) {
        return scores.stream().filter(score -> score.getEntity() == RiskEntity.WORKLOAD).toList();
    }

    private static Signal only(List<Signal> signals, String rule) {
        List<Signal> found = signals.stream().filter(s -> s.getRule().equals(rule)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return new ObjectMapper().readTree(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
