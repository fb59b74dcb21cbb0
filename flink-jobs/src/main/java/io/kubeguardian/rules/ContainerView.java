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
}
