package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.schema.MalformedRecordException;
import io.kubeguardian.schema.PodMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodViewTest {
    private static final int LIMIT = 3;

    private final WebhookMetrics metrics = new WebhookMetrics();
    private final PodView view = new PodView("prod", LIMIT, metrics);

    @Test
    void aPodIsItsWorkloadsUntilItIsGone() throws Exception {
        view.put("u-1", pod("u-1", "db-0", 1));
        assertThat(view.workload("shop", "db-0")).isEqualTo("prod/shop/StatefulSet/db");
        assertThat(view.workload("other", "db-0")).isNull();

        view.put("u-1", PodMetadata.newBuilder(pod("u-1", "db-0", 2)).setDeleted(true).build());

        assertThat(view.workload("shop", "db-0")).isNull();
    }

    @Test
    void theNextPodOfTheSameNameStandsWhateverComesFirst() throws Exception {
        view.put("u-1", pod("u-1", "db-0", 1));
        view.put("u-2", PodMetadata.newBuilder(pod("u-2", "db-0", 2)).setWorkloadName("newer").build());
        view.put("u-1", null);
        assertThat(view.workload("shop", "db-0")).isEqualTo("prod/shop/StatefulSet/newer");

        view.put("u-3", pod("u-3", "db-0", 1));

        assertThat(view.workload("shop", "db-0")).isEqualTo("prod/shop/StatefulSet/newer");
    }

    @Test
    void itIsBoundedAndWhatFindsNoRoomIsCounted() throws Exception {
        for (int i = 0; i <= LIMIT; i++) {
            view.put("u-" + i, pod("u-" + i, "db-" + i, 1));
        }
        assertThat(view.workload("shop", "db-" + LIMIT)).isNull();
        assertThat(metrics.podsDropped.get()).isEqualTo(1);

        view.put("u-0", null);
        view.put("u-" + LIMIT, pod("u-" + LIMIT, "db-" + LIMIT, 1));

        assertThat(view.workload("shop", "db-" + LIMIT)).isNotNull();
    }

    @Test
    void podsOfOtherClustersAndRecordsUnderOthersKeysAreNotTakenIn() throws Exception {
        view.put("u-1", PodMetadata.newBuilder(pod("u-1", "db-0", 1)).setCluster("test").build());

        assertThat(view.workload("shop", "db-0")).isNull();
        assertThatThrownBy(() -> view.put("u-2", pod("u-1", "db-0", 1))).isInstanceOf(MalformedRecordException.class);
    }

    static PodMetadata pod(String uid, String name, long updated) {
        return new PodMetadata("prod", uid, "shop", name, "node-1", "StatefulSet", "db", "default", Map.of(), List.of(), false,
                updated, false, false, false);
    }
}
