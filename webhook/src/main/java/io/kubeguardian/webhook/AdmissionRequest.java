package io.kubeguardian.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What the API server asks: the part of {@code AdmissionReview.request} that the decision needs.
 *
 * @param uid to be echoed
 * @param group API group of the object's kind, empty for the core group
 * @param kind the object's kind
 * @param operation CREATE, UPDATE, DELETE or CONNECT
 * @param subResource {@code status}, {@code scale}, …; empty for the object itself
 * @param namespace empty for cluster-wide objects
 * @param name empty while the API server has not made it from {@code generateName}
 * @param object the new object; missing for DELETE
 * @param oldObject the object as it was; missing for CREATE
 * @param dryRun nothing will be stored
 * @param user who asks, by name; empty when the review does not say
 * @param groups whose member that is
 * @param raw the request as it came, objects included
 */
record AdmissionRequest(
        String uid, String group, String kind, Operation operation, String subResource, String namespace, String name,
        JsonNode object, JsonNode oldObject, boolean dryRun, String user, List<String> groups, JsonNode raw) {
    AdmissionRequest {
        groups = List.copyOf(groups);
    }

    enum Operation { CREATE, UPDATE, DELETE, CONNECT }
}
