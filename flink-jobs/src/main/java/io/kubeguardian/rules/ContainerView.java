package io.kubeguardian.rules;

import java.util.Map;

/** The container and pod of an event as rules see them. All strings are empty while unknown. */
public interface ContainerView {
    /** 64 hexadecimal digits; empty on the host. */
    String id();

    String name();

    /** repository:tag as in the pod's spec. */
    String image();

    /** sha256:…. */
    String imageDigest();

    String node();

    String namespace();

    String podName();

    String podUid();

    String workloadKind();

    String workloadName();

    Map<String, String> podLabels();

    default boolean privileged() {
        return false;
    }

    /** Milliseconds since the Unix epoch; 0 while unknown. */
    default long startedAt() {
        return 0;
    }

    /** Namespaces of the host that the pod shares. */
    default boolean hostNetwork() {
        return false;
    }

    default boolean hostPid() {
        return false;
    }

    default boolean hostIpc() {
        return false;
    }
}
