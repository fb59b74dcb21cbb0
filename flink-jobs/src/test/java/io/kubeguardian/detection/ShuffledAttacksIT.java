package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.rules.EventType;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.Incident;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Priority;
import io.kubeguardian.schema.Topics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Several attacks at once, by patterns of an order and by such that count, also over two pods, from both partitions:
 * whatever the order in which their events come within the disorder bound, the whole job finds the same.
 */
@SuppressWarnings("try") // clusters that only have to run while a test does
class ShuffledAttacksIT {
    private static final long START = 1_790_000_000_000L;
    private static final int STEP_MILLIS = 100;
    private static final String CALL = "Shell connected to an outside address";

    /** By pod: the rules that it hits, a step each, in the order of time. */
    private static final Map<Integer, List<String>> ATTACKS = new TreeMap<>(Map.of(
            1, List.of("Network scanner started", "Remote login client started in a container"),
            2, List.of("Stored credentials read", "Cloud metadata asked for credentials by a tool"),
            3, List.of("Service account token read by an unexpected program", "API server asked by a tool"),
            4, List.of("Stored credentials read", "Environment of a process read by a tool",
                    "Memory of a process opened"),
            5, List.of(CALL),
            6, List.of(CALL),
            7, List.of("API server asked by a tool", // the wrong order: no attack
                    "Service account token read by an unexpected program")));

    private static final List<String> TITLES = List.of("Credentials harvested, then the cloud's",
            "Many kinds of credentials taken", "Scan, then a step to another machine",
            "Stolen token used against the cluster", "Two pods call the same server");

    /** A program at /step/RULE hits that rule: the job's other parts are the real ones. */
    private static final class Steps implements DetectorFactory {
        private static final long serialVersionUID = 1L;
        private static final String FOLDER = "/step/";

        @Override
        public Detector create() {
            return (event, hits) -> {
                String exe = event.process().exePath();
                if (event.type() == EventType.EXEC && exe.startsWith(FOLDER)) {
                    hits.hit(new StepHit(exe.substring(FOLDER.length())));
                }
            };
        }
    }

    private record StepHit(String rule) implements Hit {
        @Override
        public Priority priority() {
            return Priority.WARNING;
        }

        @Override
        public List<String> tags() {
            return List.of("container");
        }

        @Override
        public List<String> techniques() {
            return List.of();
        }

        @Override
        public String output() {
            return rule;
        }

        @Override
        public Map<String, String> outputFields() {
            return Map.of("fd.rip", "203.0.113.9");
        }
    }

    @Test
    void attacksOfSeveralPatternsInSeveralPodsAreTheSameIncidentsInWhateverOrderTheirEventsCome() throws Exception {
        Map<String, String> ordered = incidents(batches());
        List<EventBatch> some = batches();
        Collections.shuffle(some, new Random(1));

        Map<String, String> shuffled = incidents(some);

        assertThat(some).isNotEqualTo(batches());
        assertThat(ordered.values()).extracting(content -> content.substring(0, content.indexOf(':')))
                .containsExactlyInAnyOrderElementsOf(TITLES);
        assertThat(shuffled).isEqualTo(ordered);
    }

    /** By id: the title and the rules of its evidence in the order of time, as it was told last. */
    private static Map<String, String> incidents(List<EventBatch> events) throws Exception {
        try (KafkaWorld kafka = new KafkaWorld()) {
            ATTACKS.keySet().forEach(pod -> kafka.send(pod(pod)));
            kafka.send(events);
            // A bound that a pause of a busy machine, in which live time goes on, does not use up
            try (EmbeddedFlink flink = EmbeddedFlink.start(
                    kafka.config(Story.settings(4000)), new Steps(), 0, 2, null)) {
                return last(kafka.records(Topics.INCIDENTS, Incident.class,
                        all -> all.stream().map(Incident::getTitle).distinct().count() >= TITLES.size()));
            }
        }
    }

    private static Map<String, String> last(List<Incident> updates) {
        Map<String, String> last = new HashMap<>();
        for (Incident incident : updates) {
            List<String> rules = incident.getSignals().stream()
                    .map(s -> s.getEventTime() + " " + s.getPod().getName() + " " + s.getRule()).toList();
            last.put(incident.getId(), incident.getTitle() + ": " + new TreeSet<>(rules));
        }
        return last;
    }

    /** A step a batch; the steps of a pod are less than the disorder bound apart. */
    private static List<EventBatch> batches() {
        List<EventBatch> all = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            for (Map.Entry<Integer, List<String>> attack : ATTACKS.entrySet()) {
                if (step < attack.getValue().size()) {
                    all.add(batch(attack.getKey(), step, attack.getValue().get(step)));
                }
            }
        }
        return all;
    }

    private static EventBatch batch(int pod, int step, String rule) {
        EventBatchBuilder builder = new EventBatchBuilder();
        long time = (START + step * STEP_MILLIS + pod) * 1_000_000L;
        int program = builder.process(200 + step, 20 + step, 9_000L + step, container(pod), "step", 1000, 1000);
        builder.addExec(time, program, 100, 5_000L, Steps.FOLDER + rule, List.of("step"), "/", 0);
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-" + pod);
        batch.setBootId(Integer.toString(pod).repeat(36));
        batch.setEpoch(START);
        batch.setNodeSequence(step);
        batch.setPodSequence(step);
        batch.setPodUid(uid(pod));
        return batch;
    }

    private static PodMetadata pod(int pod) {
        return new PodMetadata("prod", uid(pod), "shop", "orders-" + pod, "node-" + pod, "Deployment", "orders-" + pod,
                "default", Map.of(),
                List.of(new ContainerMetadata(container(pod), "orders", "shop/orders:1.2", "", false, 0L)), false,
                START - 1000, false, false, false);
    }

    private static String uid(int pod) {
        return "6d4cf56d-0000-4000-8000-00000000000" + pod;
    }

    private static String container(int pod) {
        return Integer.toString(pod).repeat(64);
    }
}
