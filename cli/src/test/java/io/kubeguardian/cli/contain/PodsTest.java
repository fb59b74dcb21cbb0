package io.kubeguardian.cli.contain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeguardian.cli.UserError;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodsTest {
    private static final String A = "aaaa" + "1".repeat(60);
    private static final String B = "aaaa" + "2".repeat(60);
    private static final String UID = "12345678-9abc-def0-1234-56789abcdef0";

    private final Pods pods = new Pods(List.of(pod(UID, "orders-1", 2, false, A, B),
            pod("old", "orders-1", 1, false, "c".repeat(64)), pod("gone", "orders-2", 3, true, "d".repeat(64))));

    @Test
    void aPodIsFoundByItsName() {
        Target target = pods.byName("shop/orders-1");

        assertThat(target.podUid()).isEqualTo(UID);
        assertThat(target.containerId()).isEmpty();
        assertThat(target.node()).isEqualTo("node-1");
        assertThat(target.cluster()).isEqualTo("prod");
        assertThat(target.workload().getName()).isEqualTo("orders");
    }

    @Test
    void aContainerIsFoundByABeginningThatOnlyItHas() {
        Target target = pods.byContainer("containerd://aaaa2", "default");

        assertThat(target.containerId()).isEqualTo(B);
        assertThat(target.podUid()).isEqualTo(UID);
        assertThat(target.name()).isEqualTo("pod shop/orders-1, container app");
    }

    @Test
    void aFullIdNeedsNoPod() {
        Target target = pods.byContainer("e".repeat(64), "default");

        assertThat(target.containerId()).isEqualTo("e".repeat(64));
        assertThat(target.podUid()).isEmpty();
        assertThat(target.node()).isEmpty();
        assertThat(target.cluster()).isEqualTo("default");
    }

    @Test
    void aUidNeedsNoPodEither() {
        assertThat(pods.byUid(UID, "default").node()).isEqualTo("node-1");
        assertThat(pods.byUid("00000000-9abc-def0-1234-56789abcdef0", "default").node()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aaaa", "aaa", "bbbbbb", "dddddd", "xyz", "", "AAAA1", "../../../etc", "aaaa1 "})
    void whatNamesNoneOrSeveralIsSaidClearly(String id) {
        assertThatThrownBy(() -> pods.byContainer(id, "default")).isInstanceOf(UserError.class).hasMessageContaining(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders-1", "shop/", "/orders-1", "shop/orders-1/app", "shop/orders-2", "bank/orders-1"})
    void aPodThatIsNotThereIsSaidClearly(String name) {
        assertThatThrownBy(() -> pods.byName(name)).isInstanceOf(UserError.class).hasMessageContaining(name);
    }

    private static PodMetadata pod(String uid, String name, long updated, boolean deleted, String... containers) {
        List<ContainerMetadata> all = new ArrayList<>();
        for (String id : containers) {
            all.add(ContainerMetadata.newBuilder().setId(id).setName("app").setImage("shop/orders:1").build());
        }
        return PodMetadata.newBuilder().setCluster("prod").setUid(uid).setNamespace("shop").setName(name)
                .setNode("node-1").setWorkloadKind("Deployment").setWorkloadName("orders").setContainers(all)
                .setDeleted(deleted).setUpdatedAt(updated).build();
    }
}
