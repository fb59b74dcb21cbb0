package io.kubeguardian.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodsTest {
    private final List<PodMetadata> told = new ArrayList<>();
    private final Pods pods = new Pods("prod", true, told::add);

    @Test
    void aPodLongSilentIsToldToBeGone() {
        pods.seen(pod("a", "c1", 1_000));

        pods.seen(pod("b", "c1", 1_000 + Pods.SILENT_MILLIS));

        assertThat(told).extracting(p -> p.getUid() + ' ' + p.getDeleted())
                .containsExactly("a false", "a true", "b false");
        assertThat(pods.size()).isEqualTo(1);
    }

    @Test
    void noMorePodsAreRememberedThanTheLimit() {
        for (int i = 0; i < Pods.MOST + 10; i++) {
            pods.seen(pod("pod-" + i, "c", 1_000));
        }

        assertThat(pods.size()).isEqualTo(Pods.MOST);
        assertThat(told).hasSize(Pods.MOST + 10).noneMatch(PodMetadata::getDeleted);
    }

    @Test
    void containersThatComeAndGoAreBoundedTheFirstSeenGoes() {
        for (int i = 0; i < Pods.MOST_CONTAINERS + 3; i++) {
            pods.seen(pod("a", "c" + i, 1_000 + i));
        }

        assertThat(told.get(told.size() - 1).getContainers()).extracting(ContainerMetadata::getId)
                .hasSize(Pods.MOST_CONTAINERS).startsWith("c3").endsWith("c" + (Pods.MOST_CONTAINERS + 2));
    }

    @Test
    void whereOthersDescribeThePodsNothingIsTold() {
        Pods silent = new Pods("prod", false, told::add);

        silent.seen(pod("a", "c1", 1_000));

        assertThat(told).isEmpty();
        assertThat(silent.size()).isZero();
    }

    private static PodMetadata pod(String uid, String container, long time) {
        return new PodMetadata("prod", uid, "shop", "pod", "node", "Deployment", "orders", "", new HashMap<>(),
                List.of(new ContainerMetadata(container, "c", "image", "", false, 0L)), false, time, false, false,
                false);
    }
}
