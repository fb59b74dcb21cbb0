package io.kubeguardian.webhook;

import io.kubeguardian.policy.Node;
import io.kubeguardian.policy.user.CheckException;
import io.kubeguardian.policy.user.UserPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The policies of the user's own that are in force, from files and from the topic, exceptions from built-in checks, and the
 * labels of namespaces that they may ask for. Read by every request, changed by whoever follows the sources. Thread safe; a change shows whole or not at all.
 */
final class PolicySet {
    /** More would not be judged in time anyway. */
    static final int MOST_POLICIES = 5_000;
    static final int MOST_NAMESPACES = 100_000;
    static final int MOST_EXCEPTIONS = 1_000;

    private final Map<String, UserPolicy> published = new TreeMap<>();
    private final Map<String, Node> namespaces = new ConcurrentHashMap<>();
    private final Map<String, CheckException> exceptions = new TreeMap<>();
    private volatile List<CheckException> checkExceptions = List.of();
    private List<UserPolicy> files = List.of();
    private volatile List<UserPolicy> inForce = List.of();

    /** In the order of their names, those of files first. */
    List<UserPolicy> inForce() {
        return inForce;
    }

    /** Exceptions from built-in checks, in the order of their names. */
    List<CheckException> checkExceptions() {
        return checkExceptions;
    }

    /**
     * @param exception null: it is taken back
     * @return false when there is no room for it
     */
    synchronized boolean except(String name, CheckException exception) {
        if (exception == null) {
            exceptions.remove(name);
        } else if (exceptions.size() >= MOST_EXCEPTIONS && !exceptions.containsKey(name)) {
            return false;
        } else {
            exceptions.put(name, exception);
        }
        checkExceptions = List.copyOf(exceptions.values());
        return true;
    }

    /** The namespace as policies see it; missing when it is not known. */
    Node namespace(String name) {
        return namespaces.getOrDefault(name, Node.MISSING);
    }

    /** Replaces all policies of files. */
    synchronized void files(List<UserPolicy> policies) {
        files = List.copyOf(policies);
        renew();
    }

    /**
     * One of the topic.
     *
     * @param policy null: it is taken back
     * @return false when there is no room for it
     */
    synchronized boolean publish(String name, UserPolicy policy) {
        if (policy == null) {
            published.remove(name);
        } else if (published.size() >= MOST_POLICIES && !published.containsKey(name)) {
            return false;
        } else {
            published.put(name, policy);
        }
        renew();
        return true;
    }

    /**
     * @param labels null: the namespace is gone
     * @return false when there is no room for it
     */
    boolean namespace(String name, Map<String, String> labels) {
        if (labels == null) {
            namespaces.remove(name);
            return true;
        }
        if (namespaces.size() >= MOST_NAMESPACES && !namespaces.containsKey(name)) {
            return false;
        }
        List<Node> values = new ArrayList<>();
        labels.values().forEach(value -> values.add(Node.string(value)));
        Node all = Node.object(List.copyOf(labels.keySet()), values, 0);
        namespaces.put(name, Node.object(Map.of("metadata",
                Node.object(List.of("name", "labels"), List.of(Node.string(name), all), 0))));
        return true;
    }

    private void renew() {
        List<UserPolicy> all = new ArrayList<>(files);
        all.addAll(published.values());
        inForce = List.copyOf(all);
    }
}
