package io.kubeguardian.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells authors what became of their objects: in the status of those that have one, and in the log for ConfigMaps. Writes only
 * what changed, so that a status never causes another round that writes.
 */
final class StatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);

    private final KubernetesClient client;
    private final Clock clock;
    private final Runnable failed;
    /** Of ConfigMaps: what was said last. */
    private final Map<String, String> said = new HashMap<>();

    StatusWriter(KubernetesClient client, Clock clock, Runnable failed) {
        this.client = client;
        this.clock = clock;
        this.failed = failed;
    }

    void write(List<Verdict> verdicts) {
        said.keySet().retainAll(verdicts.stream().map(Verdict::source).toList());
        for (Verdict verdict : verdicts) {
            if (verdict.of() == null) {
                say(verdict);
                continue;
            }
            try {
                write(verdict);
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) {
                    continue; // it went meanwhile
                }
                failed.run();
                LOG.warn("cannot write status source={} cause=\"{}\"", verdict.source(), Texts.line(e.getMessage()));
            }
        }
    }

    private void say(Verdict verdict) {
        if (verdict.message().equals(said.put(verdict.source(), verdict.message()))) {
            return;
        }
        if (verdict.invalid()) {
            LOG.warn("policies refused source={} cause=\"{}\"", verdict.source(), verdict.message());
        } else {
            LOG.info("policies in force source={}", verdict.source());
        }
    }

    private void write(Verdict verdict) {
        GenericKubernetesResource object = verdict.of();
        JsonNode before = Json.tree(object.getAdditionalProperties().get("status"));
        ObjectNode after = status(verdict, before);
        if (before.isObject() && Arrays.equals(Json.bytes(after), Json.bytes(before))) {
            return;
        }
        // Of a member that is there, add is replace (RFC 6902, 4.1).
        ArrayNode patch = Json.MAPPER.createArrayNode();
        patch.addObject().put("op", "add").put("path", "/status").set("value", after);
        ResourceDefinitionContext kind = kind(object.getKind());
        var objects = client.genericKubernetesResources(kind);
        var named = kind.isNamespaceScoped()
                ? objects.inNamespace(object.getMetadata().getNamespace()).withName(object.getMetadata().getName())
                : objects.withName(object.getMetadata().getName());
        named.subresource("status").patch(PatchContext.of(PatchType.JSON), patch.toString());
        LOG.info("status source={} reason={} message=\"{}\"", verdict.source(), verdict.reason(), verdict.message());
    }

    private static ResourceDefinitionContext kind(String kind) {
        return List.of(Kinds.ADMISSION_POLICY, Kinds.POLICY_EXCEPTION, Kinds.RUNTIME_POLICY).stream()
                .filter(each -> each.getKind().equals(kind)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of ours: " + kind));
    }

    private ObjectNode status(Verdict verdict, JsonNode before) {
        ObjectNode status = Json.MAPPER.createObjectNode();
        status.put("observedGeneration", Objects.generation(verdict.of()));
        if (!verdict.digest().isEmpty()) {
            status.put("digest", verdict.digest());
        }
        if (verdict.source().startsWith("AdmissionPolicy/")) {
            status.put("exceptions", verdict.exceptions());
        }
        if (verdict.source().startsWith("PolicyException/")) {
            ArrayNode policies = status.putArray("policies");
            verdict.policies().forEach(policies::add);
        }
        ArrayNode conditions = status.putArray("conditions");
        conditions.add(condition(verdict, before, "Ready", verdict.ready()));
        conditions.add(condition(verdict, before, "Invalid", verdict.invalid()));
        return status;
    }

    private ObjectNode condition(Verdict verdict, JsonNode before, String type, boolean holds) {
        String status = holds ? "True" : "False";
        String since = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        for (JsonNode old : before.path("conditions")) {
            if (old.path("type").asText().equals(type) && old.path("status").asText().equals(status)) {
                since = old.path("lastTransitionTime").asText(since);
            }
        }
        return Json.MAPPER.createObjectNode().put("type", type).put("status", status)
                .put("observedGeneration", Objects.generation(verdict.of()))
                .put("lastTransitionTime", since).put("reason", verdict.reason()).put("message", verdict.message());
    }
}
