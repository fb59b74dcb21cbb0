package io.kubeguardian.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.EventBatch;
import io.kubeguardian.schema.EventBatchBuilder;
import io.kubeguardian.schema.ItemSource;
import io.kubeguardian.schema.Keys;
import io.kubeguardian.schema.PodMetadata;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.ProfileItem;
import io.kubeguardian.schema.ProfilePhase;
import io.kubeguardian.schema.Signal;
import io.kubeguardian.schema.SignalKind;
import io.kubeguardian.schema.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Baselines in the real pipeline, on a real broker and a Flink cluster with RocksDB. */
@SuppressWarnings("try") // clusters that only have to run while a test does
class BaselineIT {
    private static final String OLD_IMAGE = "sha256:" + "a".repeat(64);
    private static final String NEW_IMAGE = "sha256:" + "b".repeat(64);

    private final long start = (System.currentTimeMillis() / 1000 - 900) * Story.SECOND;
    private final Map<String, Long> sequences = new HashMap<>();
    private int pid = 1000;

    @TempDir
    Path folder;

    @Test
    void itLearnsOverARestartIsReadyBySaturationInheritsAndSaysHowRareADriftIs() throws Exception {
        try (KafkaWorld kafka = new KafkaWorld()) {
            // Given two replicas, and a job that is stopped in the middle of learning
            String savepoint;
            try (EmbeddedFlink flink = EmbeddedFlink.start(kafka.config(Story.settings()), new StoryDetectors(), 0, 2, null)) {
                pod(kafka, "pod-1", OLD_IMAGE, 1);
                pod(kafka, "pod-2", OLD_IMAGE, 1);
                exec(kafka, "pod-1", "/srv/orders", 0);
                exec(kafka, "pod-2", "/srv/orders", 1);
                exec(kafka, "pod-1", "/srv/helper", 40);
                readToken(kafka, "pod-1", 40);
                readToken(kafka, "pod-2", 40);
                // All of it was read, the pods' names too: what waits for a name is late, as is what another partition has kept.
                kafka.records(Topics.SIGNALS, Signal.class, all -> all.stream()
                        .filter(signal -> signal.getWorkload().getName().equals("orders")).count() == 2);
                savepoint = flink.stopWithSavepoint(folder);
            }

            try (EmbeddedFlink flink =
                    EmbeddedFlink.start(kafka.config(Story.settings()), new StoryDetectors(), 0, 2, savepoint)) {
                // When there is news when it is old enough, and then none
                // All of one pod: in another's partition a later event could be read first, and the news would be late.
                exec(kafka, "pod-2", "/srv/nightly", 65);
                exec(kafka, "pod-2", "/srv/orders", 85);
                exec(kafka, "pod-2", "/srv/orders", 120);

                // Then it is ready, half a minute after the news and not before, and knows what came before the restart
                Profile ready = profile(kafka, OLD_IMAGE, ProfilePhase.READY);
                assertThat((ready.getReadySince() - start) / Story.SECOND).isEqualTo(95);
                assertThat(items(ready)).contains("/srv/orders LEARNED", "/srv/helper LEARNED", "/srv/nightly LEARNED");

                // And a new image begins with what it knows, and learns for itself
                pod(kafka, "pod-3", NEW_IMAGE, 2);
                exec(kafka, "pod-3", "/srv/orders", 130);
                exec(kafka, "pod-3", "/srv/migrate", 131);
                exec(kafka, "pod-3", "/srv/orders", 230);
                Profile next = profile(kafka, NEW_IMAGE, ProfilePhase.READY);
                assertThat(next.getInheritedFrom()).isEqualTo(OLD_IMAGE);
                assertThat(items(next)).contains("/srv/helper INHERITED", "/srv/migrate LEARNED");

                // And only what is outside is told, with how rare it is
                exec(kafka, "pod-3", "/srv/nightly", 240);
                exec(kafka, "pod-3", "/bin/sh", 241);
                exec(kafka, "pod-1", "/srv/migrate", 242);
                List<Signal> drifts = kafka.records(Topics.SIGNALS, Signal.class, all -> drifts(all).size() >= 2);
                assertThat(drifts(drifts)).extracting(s -> s.getPod().getUid() + ' '
                                + s.getOutputFields().get("kubeguardian.item"))
                        .containsExactlyInAnyOrder("pod-3 /bin/sh", "pod-1 /srv/migrate");
                Signal shell = drifts(drifts).stream().filter(s -> s.getPod().getUid().equals("pod-3")).findFirst().orElseThrow();
                assertThat(shell.getOutput()).contains("seen on 1 of 3 pods of the workload, 1 of 1 of the image, 1 of 3 of the fleet",
                        "first seen now", "ready since");
                assertThat(shell.getScore()).isEqualTo(1);
                assertThat(shell.getContributions()).extracting(Contribution::getName)
                        .containsExactlyInAnyOrder("workload", "image", "fleet");
                Signal migrate = drifts(drifts).stream().filter(s -> s != shell).findFirst().orElseThrow();
                assertThat(migrate.getOutputFields()).containsEntry("kubeguardian.rarity.workload", "2 of 3 pods");
                assertThat(migrate.getScore()).isLessThan(1);
            }
        }
    }

    private static List<Signal> drifts(List<Signal> all) {
        return all.stream().filter(s -> s.getKind() == SignalKind.DRIFT && s.getRule().equals("drift.exec")).toList();
    }

    private static List<String> items(Profile profile) {
        return profile.getItems().stream().filter(item -> item.getKind().equals("exec"))
                .map((ProfileItem item) -> item.getItem() + ' ' + (item.getSource() == ItemSource.OTHER ? "" : item.getSource()))
                .toList();
    }

    private static Profile profile(KafkaWorld kafka, String image, ProfilePhase phase) {
        List<Profile> all = kafka.records(Topics.PROFILES, Profile.class,
                profiles -> profiles.stream().anyMatch(p -> p.getImage().equals(image) && p.getPhase() == phase));
        return all.stream().filter(p -> p.getImage().equals(image) && p.getPhase() == phase).findFirst().orElseThrow();
    }

    private void pod(KafkaWorld kafka, String uid, String image, int version) {
        kafka.send(PodMetadata.newBuilder().setCluster("prod").setUid(uid).setNamespace("shop").setName("orders-" + uid)
                .setNode("node-1").setWorkloadKind("Deployment").setWorkloadName("orders")
                .setContainers(List.of(ContainerMetadata.newBuilder().setId(Story.CONTAINER).setName("main")
                        .setImage("registry.example/shop/orders:" + version).setImageDigest(image).build()))
                .setUpdatedAt(start / Story.MILLI).build());
    }

    private void exec(KafkaWorld kafka, String pod, String exe, long second) {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addExec(start + second * Story.SECOND, process(builder), 1, 1L, exe, List.of(exe), "/", 0);
        send(kafka, pod, builder);
    }

    /** That a rule tells. */
    private void readToken(KafkaWorld kafka, String pod, long second) {
        EventBatchBuilder builder = new EventBatchBuilder();
        builder.addOpen(start + second * Story.SECOND, process(builder),
                "/var/run/secrets/kubernetes.io/serviceaccount/token", 0, 0, 3, 0);
        send(kafka, pod, builder);
    }

    private int process(EventBatchBuilder builder) {
        return builder.process(++pid, pid, pid, Story.CONTAINER, "x", 1000, 1000);
    }

    private void send(KafkaWorld kafka, String pod, EventBatchBuilder builder) {
        EventBatch batch = builder.build();
        batch.setCluster("prod");
        batch.setNode("node-1");
        batch.setBootId(Story.BOOT);
        batch.setEpoch(start / Story.MILLI);
        batch.setNodeSequence(pid);
        batch.setPodSequence(sequences.merge(pod, 1L, Long::sum) - 1);
        batch.setPodUid(pod);
        kafka.send(Topics.EVENTS, Keys.events(batch), batch.getBaseTime() / Story.MILLI,
                AvroCodec.of(EventBatch.class).encode(batch));
    }
}
