package io.kubeguardian.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodRecordsTest {
    private static final Owners UNKNOWN = new Owners(key -> null, key -> null);

    static Pod pod(String name, String ownerKind, String owner) {
        PodBuilder pod = new PodBuilder().withNewMetadata().withName(name).withNamespace("shop").withUid("u-" + name)
                .addToLabels("pod-template-hash", "abc").endMetadata()
                .withNewSpec().withNodeName("node-1").withServiceAccountName("orders").withHostNetwork(true)
                .addNewInitContainer().withName("init").withImage("busybox").endInitContainer()
                .addNewContainer().withName("app").withImage("shop/orders:1").withNewSecurityContext().withPrivileged(true)
                .endSecurityContext().endContainer().endSpec()
                .withNewStatus()
                .addNewContainerStatus().withName("app").withContainerID("containerd://" + "c".repeat(64))
                .withImageID("registry.example/shop/orders@sha256:" + "d".repeat(64))
                .withNewState().withNewRunning("2026-11-27T10:00:00Z").endState()
                .withNewLastState().withNewTerminated().withContainerID("containerd://" + "b".repeat(64)).endTerminated().endLastState()
                .endContainerStatus().endStatus();
        if (ownerKind != null) {
            pod.editMetadata().addNewOwnerReference().withKind(ownerKind).withName(owner).withUid("rs-1").withController(true)
                    .withApiVersion("apps/v1").endOwnerReference().endMetadata();
        }
        return pod.build();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -, -, Pod, it
            Node, node-1, Pod, it
            StatefulSet, db, StatefulSet, db
            DaemonSet, agent, DaemonSet, agent
            ReplicaSet, orders-abc, Deployment, orders
            ReplicaSet, orders-xyz, ReplicaSet, orders-xyz
            Job, nightly-29000000, CronJob, nightly
            Job, by-hand-1, Job, by-hand-1
            """)
    void whatIsNotKnownIsReadFromThePodItself(String ownerKind, String owner, String kind, String name) {
        assertThat(UNKNOWN.of(pod("it", ownerKind, owner))).isEqualTo(new Owners.Workload(kind, name));
    }

    @Test
    void anOwnersOwnOwnerIsTheWorkload() {
        Owners owners = new Owners(
                key -> key.equals("shop/web-1") ? new ReplicaSetBuilder().withNewMetadata().addNewOwnerReference()
                        .withKind("Deployment").withName("storefront").withController(true).endOwnerReference().endMetadata().build()
                        : new ReplicaSetBuilder().withNewMetadata().endMetadata().build(),
                key -> new JobBuilder().withNewMetadata().addNewOwnerReference().withKind("CronJob").withName("nightly")
                        .withController(true).endOwnerReference().endMetadata().build());

        assertThat(owners.of(pod("a", "ReplicaSet", "web-1"))).isEqualTo(new Owners.Workload("Deployment", "storefront"));
        // Known to have no Deployment, whatever its name says.
        assertThat(owners.of(pod("a", "ReplicaSet", "orders-abc"))).isEqualTo(new Owners.Workload("ReplicaSet", "orders-abc"));
        assertThat(owners.of(pod("a", "Job", "by-hand"))).isEqualTo(new Owners.Workload("CronJob", "nightly"));
    }

    @Test
    void aRecordSaysWhatThePodSays() {
        PodMetadata record = new PodRecords("prod", UNKNOWN).of(pod("orders-abc-1", "ReplicaSet", "orders-abc"), 5);

        assertThat(record.getHostNetwork()).isTrue();
        assertThat(record.getServiceAccount()).isEqualTo("orders");
        assertThat(record.getLabels()).isEqualTo(Map.of("pod-template-hash", "abc"));
        assertThat(record.getContainers()).containsExactly(
                new ContainerMetadata("", "init", "busybox", "", false, 0L),
                new ContainerMetadata("c".repeat(64), "app", "shop/orders:1", "sha256:" + "d".repeat(64), true, 1_795_773_600_000L),
                new ContainerMetadata("b".repeat(64), "app", "shop/orders:1", "sha256:" + "d".repeat(64), true, 0L));
    }

    @Test
    void aPodOfHardlyAnythingIsARecordToo() {
        Pod empty = new PodBuilder().withNewMetadata().withName("p").withNamespace("n").withUid("u").endMetadata().build();

        assertThat(new PodRecords("prod", UNKNOWN).of(empty, 5).getContainers()).isEmpty();
    }
}
