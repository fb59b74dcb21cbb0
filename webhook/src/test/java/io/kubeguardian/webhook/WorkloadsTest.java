package io.kubeguardian.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.kubeguardian.schema.Keys;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadsTest {
    private static final YAMLMapper YAML = new YAMLMapper();

    @ParameterizedTest(name = "{0} {1} → {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // a pod by itself
        "Pod | {name: a}                                                                               | Pod/a",
        "Pod | {generateName: a-}                                                                      | Pod/a-",
        "Pod | {name: a, ownerReferences: null}                                                        | Pod/a",
        "Pod | {name: a, ownerReferences: [{kind: ReplicaSet, name: r}]}                               | Pod/a",
        "Pod | {name: a, ownerReferences: [{kind: Node, name: node-1, controller: true}]}              | Pod/a",
        // by a ReplicaSet, with and without a Deployment behind it
        "Pod | {labels: {pod-template-hash: 7d4}, ownerReferences: [{kind: ReplicaSet, name: orders-7d4, controller: true}]} | Deployment/orders",
        "Pod | {labels: {pod-template-hash: 7d4}, ownerReferences: [{kind: ReplicaSet, name: my-7d4-app, controller: true}]} | ReplicaSet/my-7d4-app",
        "Pod | {labels: {pod-template-hash: 7d4}, ownerReferences: [{kind: ReplicaSet, name: -7d4, controller: true}]}       | ReplicaSet/-7d4",
        "Pod | {labels: {pod-template-hash: ''}, ownerReferences: [{kind: ReplicaSet, name: orders-, controller: true}]}     | ReplicaSet/orders-",
        "Pod | {ownerReferences: [{kind: ReplicaSet, name: orders-7d4, controller: true}]}             | ReplicaSet/orders-7d4",
        // by a Job, with and without a CronJob behind it
        "Pod | {ownerReferences: [{kind: Job, name: report-29735415, controller: true}]}               | CronJob/report",
        "Pod | {ownerReferences: [{kind: Job, name: report-2973541, controller: true}]}                | Job/report-2973541",
        "Pod | {ownerReferences: [{kind: Job, name: report-20261120, controller: true}]}               | Job/report-20261120",
        "Pod | {ownerReferences: [{kind: Job, name: report-99999999, controller: true}]}               | Job/report-99999999",
        "Pod | {ownerReferences: [{kind: Job, name: report-2973x415, controller: true}]}               | Job/report-2973x415",
        "Pod | {ownerReferences: [{kind: Job, name: '-29735415', controller: true}]}                   | Job/-29735415",
        "Pod | {ownerReferences: [{kind: Job, name: migrate, controller: true}]}                       | Job/migrate",
        // by others
        "Pod | {ownerReferences: [{kind: StatefulSet, name: db, controller: true}]}                    | StatefulSet/db",
        "Pod | {ownerReferences: [{kind: Other, name: x}, {kind: DaemonSet, name: agent, controller: true}]} | DaemonSet/agent",
        "Pod | {ownerReferences: [{kind: Workflow, name: w, controller: true}]}                        | Workflow/w",
        // workloads themselves
        "Deployment | {name: orders, ownerReferences: [{kind: Shop, name: s, controller: true}]}       | Deployment/orders",
        "ReplicaSet | {name: orders-7d4, ownerReferences: [{kind: Deployment, name: orders, controller: true}]} | Deployment/orders",
        "ReplicaSet | {name: alone}                                                                    | ReplicaSet/alone",
        "Job        | {name: report-29735415, ownerReferences: [{kind: CronJob, name: report, controller: true}]} | CronJob/report",
        "Job        | {name: report-29735415}                                                          | Job/report-29735415",
        "CronJob    | {name: report}                                                                   | CronJob/report",
    })
    void theOutermostControllerIsTheWorkload(String kind, String metadata, String expected) throws Exception {
        JsonNode object = YAML.createObjectNode().set("metadata", YAML.readTree(metadata));
        AdmissionRequest request = new AdmissionRequest("u", "", kind, AdmissionRequest.Operation.CREATE, "", "shop", "",
                object, MissingNode.getInstance(), false, "", List.of(), MissingNode.getInstance());

        String workload = Keys.workload(Workloads.of("prod", request));

        assertThat(workload).isEqualTo("prod/shop/" + expected);
    }
}
