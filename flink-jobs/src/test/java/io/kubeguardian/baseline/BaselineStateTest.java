package io.kubeguardian.baseline;

import static io.kubeguardian.baseline.BaselineHarness.IMAGE;
import static io.kubeguardian.baseline.BaselineHarness.observation;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.Profile;
import io.kubeguardian.schema.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

/** What a baseline keeps: how much, and that what an older version kept is still read. */
class BaselineStateTest {
    /** Recorded once with {@code -Dkubeguardian.state.record=true}; a new layout of the state is a new file beside it. */
    private static final Path GOLDEN = Path.of("src/test/resources/golden-state/baseline.v1.snapshot");

    @Test
    void theStateOfTheFirstVersionIsRead() throws Exception {
        if (Boolean.getBoolean("kubeguardian.state.record")) {
            record();
        }
        OperatorSubtaskState state = OperatorSnapshotUtil.readStateHandle(GOLDEN.toString());

        try (BaselineHarness operator = BaselineHarness.start(new HashMapStateBackend(), state)) {
            operator.observe("orders", "exec", "/srv/orders", 300);
            operator.observe("orders", "connect", "db.shop.svc.cluster.local:5432", 301);
            operator.observe("orders", "file", "read /srv/data/zz", 302);
            operator.observe("orders", "exec", "/tmp/x", 303);

            assertThat(operator.signals()).extracting(Signal::getOutput).singleElement().asString()
                    .contains("/tmp/x", "ready since 2026-");
        }
    }

    private static void record() throws Exception {
        try (BaselineHarness operator = BaselineHarness.start(new HashMapStateBackend(), null)) {
            operator.observe("orders", "exec", "/srv/orders", 0);
            operator.observe("orders", "connect", "db.shop.svc.cluster.local:5432", 1);
            for (int i = 0; i < 40; i++) {
                operator.observe("orders", "file", "read /srv/data/" + Integer.toString(i, 36), 2);
                operator.observe("orders", "dns", "host" + Integer.toString(i, 36) + ".d" + i + ".example", 3);
            }
            operator.watermark(200);
            operator.observe("orders", "exec", "/bin/sh", 201);
            Files.createDirectories(GOLDEN.getParent());
            OperatorSnapshotUtil.writeStateHandle(operator.snapshot(1, 1), GOLDEN.toString());
        }
    }

    @Test
    void itsMemoryIsBoundedHoweverMuchAWorkloadDoes() throws Exception {
        int limit = 16;
        try (BaselineHarness operator = BaselineHarness.start(new HashMapStateBackend(), null)) {
            String longest = "x".repeat(400);
            for (int i = 0; i < 4_000; i++) {
                String name = Integer.toString(i, 36);
                operator.put(observation("orders", "pod-" + i % 50, IMAGE, "/srv/orders", "exec", "/opt/" + longest + name, i % 50));
                operator.put(observation("orders", "pod-" + i % 50, IMAGE, "/srv/orders", "args", name + longest, i % 50));
                operator.put(observation("orders", "pod-" + i % 50, IMAGE, "/srv/orders", "dns", name + ".d" + i + longest, i % 50));
            }
            operator.watermark(60);
            operator.watermark(600);
            for (int i = 0; i < 4_000; i++) {
                operator.put(observation("orders", "pod-" + i % 50, IMAGE, "/srv/orders", "user", Integer.toString(i), 700));
            }

            long bytes = 0;
            for (KeyedStateHandle handle : operator.snapshot(1, 1).getManagedKeyedState()) {
                bytes += handle.getStateSize();
            }
            // As docs/baselines.md states: exact items, one sketch, drifts; two names of 512 characters an item at most.
            assertThat(bytes).isLessThan(9L * limit * 1_200 + CountMin.BYTES + WorkloadStore.MOST_DRIFTS * 1_300L);
            assertThat(bytes).isLessThan(150_000); // and here: 48 long items, 17 drifts, the sketch
        }
    }

    @Test
    void aProfileThatKafkaWouldRefuseIsPublishedWithoutItsTailAndSaysSo() throws Exception {
        try (BaselineHarness operator = BaselineHarness.start(new HashMapStateBackend(), null,
                BaselineHarness.detection(2_000), BaselineHarness.baseline())) {
            String hostile = "\u20AC".repeat(400);
            for (int i = 0; i < 1_500; i++) {
                String name = Integer.toString(i, 36);
                operator.put(observation("orders", "uid", IMAGE, "/srv/orders", "exec", '/' + name + hostile, 1));
            }
            operator.watermark(60);
            operator.watermark(600);

            Profile profile = operator.profile();
            assertThat(AvroCodec.of(Profile.class).encode(profile)).hasSizeLessThan(900_000);
            assertThat(profile.getItems().size() + profile.getLeftOut().get("exec")).isEqualTo(1_500);
        }
    }
}
