package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeguardian.policy.Fix;
import io.kubeguardian.policy.InvalidObjectException;
import io.kubeguardian.policy.Manifest;
import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.PodShape;
import io.kubeguardian.policy.PodTemplates;
import io.kubeguardian.policy.user.Request;
import java.util.List;

/** A request as what it is about: an object, and the pods that it makes. */
final class Asked {
    private static final String EPHEMERAL = "ephemeralcontainers";

    private final AdmissionRequest request;
    private final Manifest manifest;
    private final boolean makesPods;
    /** Made when it is asked for first. */
    private Manifest before;
    private Request forPolicies;

    /** @throws InvalidObjectException when the object makes pods and is one that the API server would refuse */
    Asked(AdmissionRequest request) throws InvalidObjectException {
        this.request = request;
        // A DELETE has only what will be gone.
        this.manifest = manifest(request, request.object().isMissingNode() ? request.oldObject() : request.object());
        this.makesPods = isWrite(request) && (request.subResource().isEmpty() || isEphemeral(request))
                && PodTemplates.OWN.hold(request.group(), request.kind());
        if (makesPods) {
            PodShape.require(manifest, PodTemplates.OWN);
        }
    }

    Manifest manifest() {
        return manifest;
    }

    /** Whether it creates or changes something that pods are made from. */
    boolean makesPods() {
        return makesPods;
    }

    /** Whether an object comes, new or changed, and not only a part of it. */
    boolean bringsAnObject() {
        return isWrite(request) && request.subResource().isEmpty();
    }

    /** Whether the object is a Pod itself, new or getting ephemeral containers: all that may be hardened. */
    boolean isNewPod() {
        return makesPods && manifest.is("", "Pod")
                && (request.operation() == AdmissionRequest.Operation.CREATE || addsEphemeralContainers());
    }

    /** Whether a Pod that is there gets something else than it has: its images are all that Kubernetes lets change of note. */
    boolean changesAPod() {
        return makesPods && manifest.is("", "Pod") && !isNewPod() && !changesNoPods();
    }

    boolean addsEphemeralContainers() {
        return makesPods && isEphemeral(request);
    }

    /** The object as it was. */
    Manifest before() {
        if (before == null) {
            before = manifest(request, request.oldObject());
        }
        return before;
    }

    /** An update that leaves the pods as they are: a scale, a status, a label. */
    boolean changesNoPods() {
        if (request.operation() != AdmissionRequest.Operation.UPDATE) {
            return false;
        }
        Manifest old = before();
        return old.pod() != null && manifest.pod() != null && old.pod().makesTheSamePodsAs(manifest.pod());
    }

    /** Of changes those at places where the request brings something: what runs would be restarted. */
    List<Fix> ofWhatIsNew(List<Fix> fixes) {
        return request.operation() == AdmissionRequest.Operation.CREATE ? fixes : fixes.stream()
                .filter(fix -> !at(before().root(), fix.path()).equals(at(manifest.root(), fix.path()))).toList();
    }

    private static Node at(Node root, List<Object> path) {
        Node node = root;
        for (Object step : path) {
            node = step instanceof Integer place ? place < node.size() ? node.at(place) : Node.MISSING : node.get((String) step);
        }
        return node;
    }

    /** An update of what makes no pods that leaves all but its metadata and status as it is. */
    boolean changesOnlyMetadata() {
        return request.operation() == AdmissionRequest.Operation.UPDATE && bringsAnObject() && manifest.pod() == null
                && isBodyTheSame();
    }

    /**
     * On its way out: no pods come of it any more, and of what makes none only its metadata (finalizers) and status change. A
     * Role or a Service works until its last finalizer goes.
     */
    boolean isBeingDeleted() {
        return request.operation() == AdmissionRequest.Operation.UPDATE
                && manifest.metadata().get("deletionTimestamp").isPresent()
                && (manifest.pod() != null || isBodyTheSame());
    }

    private boolean isBodyTheSame() {
        List<String> rest = List.of("metadata", "status");
        return without(request.object(), rest).equals(without(request.oldObject(), rest));
    }

    /** An object of the other fields themselves, not of copies. */
    private static JsonNode without(JsonNode object, List<String> names) {
        if (!(object instanceof ObjectNode fields)) {
            return object;
        }
        ObjectNode others = JsonNodeFactory.instance.objectNode();
        others.setAll(fields);
        return others.remove(names);
    }

    /** As policies see it. Made once: {@code policies} are those of the first call. */
    Request forPolicies(PolicySet policies) {
        if (forPolicies == null) {
            // Both objects are the largest part, and policies have them anyway.
            JsonNode rest = without(request.raw(), List.of("object", "oldObject"));
            forPolicies = new Request(request.operation().name(), request.user(), request.groups(), request.namespace(),
                    Node.of(rest), request.oldObject().isMissingNode() ? Node.MISSING : before().root(),
                    policies.namespace(request.namespace()));
        }
        return forPolicies;
    }

    private static boolean isWrite(AdmissionRequest request) {
        return request.operation() == AdmissionRequest.Operation.CREATE
                || request.operation() == AdmissionRequest.Operation.UPDATE;
    }

    private static boolean isEphemeral(AdmissionRequest request) {
        return request.subResource().equals(EPHEMERAL);
    }

    private static Manifest manifest(AdmissionRequest request, JsonNode object) {
        return Manifest.of(request.group(), "", request.kind(), Node.of(object), PodTemplates.OWN);
    }
}
