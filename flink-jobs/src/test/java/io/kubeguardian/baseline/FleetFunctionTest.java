package io.kubeguardian.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.Contribution;
import io.kubeguardian.schema.Signal;
import java.util.List;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetFunctionTest {
    private static final long NOW = 1_790_000_000_000_000_000L;

    private KeyedTwoInputStreamOperatorTestHarness<String, Sighting, PodSeen, Signal> operator;

    @BeforeEach
    void open() throws Exception {
        operator = new KeyedTwoInputStreamOperatorTestHarness<>(
                new CoBroadcastWithKeyedOperator<>(new FleetFunction(), List.of(FleetFunction.PODS)),
                sighting -> sighting.item, null, BasicTypeInfo.STRING_TYPE_INFO, 1, 1, 0);
        operator.setStateBackend(new EmbeddedRocksDBStateBackend());
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void aDriftSaysHowRareItIsInItsWorkloadItsImageAndTheFleet() throws Exception {
        for (int i = 0; i < 30; i++) {
            seen(i < 3 ? "orders" : "workload-" + i % 5, i < 6 ? "image-a" : "image-b", "pod-" + i);
        }

        Signal signal = drift("orders", "image-a", "pod-0");

        assertThat(signal.getOutput()).endsWith("seen on 1 of 3 pods of the workload, 1 of 6 of the image, 1 of 30 of the fleet");
        assertThat(signal.getScore()).isEqualTo(1);
        assertThat(signal.getContributions()).extracting(Contribution::getName)
                .containsExactlyInAnyOrder("workload", "image", "fleet");
        assertThat(signal.getContributions().get(0).getReason()).startsWith("seen on 1 of ");
        assertThat(signal.getOutputFields()).containsEntry("kubeguardian.rarity.fleet", "1 of 30 pods");
    }

    @Test
    void whatEveryoneDoesIsNotRare() throws Exception {
        for (int i = 0; i < 30; i++) {
            seen("workload-" + i % 5, "image", "pod-" + i);
            sight("workload-" + i % 5, "image", "pod-" + i);
        }
        seen("orders", "new-image", "pod-x");

        Signal signal = drift("orders", "new-image", "pod-x");

        // New to its workload and image, which have one pod; usual in the fleet.
        assertThat(signal.getScore()).isCloseTo(0.6, Offset.offset(0.001));
        assertThat(signal.getOutput()).endsWith("1 of 1 pods of the workload, 1 of 1 of the image, 31 of 31 of the fleet");
    }

    private void seen(String workload, String image, String pod) throws Exception {
        PodSeen seen = new PodSeen();
        seen.workload = workload;
        seen.image = image;
        seen.pod = PodSet.hash(pod);
        seen.time = NOW;
        operator.processElement2(new StreamRecord<>(seen));
    }

    private void sight(String workload, String image, String pod) throws Exception {
        operator.processElement1(new StreamRecord<>(sighting(workload, image, pod, null)));
    }

    private Signal drift(String workload, String image, String pod) throws Exception {
        Observation observation = BaselineHarness.observation(workload, pod, image, "/tmp/x", "exec", "/tmp/x", 0);
        ImageBaseline baseline = new ImageBaseline();
        baseline.readySince = NOW;
        Signal signal = DriftSignals.drift(observation, observation.items.get(0), ItemKind.EXEC, baseline, NOW);
        operator.processElement1(new StreamRecord<>(sighting(workload, image, pod, signal)));
        return operator.extractOutputValues().get(0);
    }

    private static Sighting sighting(String workload, String image, String pod, Signal signal) {
        Sighting sighting = new Sighting();
        sighting.item = "exec|/tmp/x";
        sighting.workload = workload;
        sighting.image = image;
        sighting.pod = PodSet.hash(pod);
        sighting.time = NOW;
        sighting.signal = signal;
        return sighting;
    }
}
