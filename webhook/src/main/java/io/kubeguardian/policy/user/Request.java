package io.kubeguardian.policy.user;

import io.kubeguardian.policy.Node;
import java.util.List;

/**
 * What is known of the request that brings an object; nothing when a file is scanned.
 *
 * @param operation CREATE, UPDATE, DELETE or CONNECT; empty when unknown
 * @param user who asks; null when unknown
 * @param namespace as the request says; of a scanned file, what its metadata say
 * @param raw the {@code request} of the AdmissionReview; missing when there is none
 * @param oldObject the object as it was; missing when there was none
 * @param namespaceObject the namespace itself; missing when unknown
 */
public record Request(
        String operation, String user, List<String> groups, String namespace, Node raw, Node oldObject,
        Node namespaceObject) {
    public Request {
        groups = List.copyOf(groups);
    }

    /** An object in a file. */
    public static Request scanned(String namespace) {
        return new Request("", null, List.of(), namespace, Node.MISSING, Node.MISSING, Node.MISSING);
    }
}
