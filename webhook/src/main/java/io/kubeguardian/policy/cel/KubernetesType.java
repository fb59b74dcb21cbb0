package io.kubeguardian.policy.cel;

import dev.cel.common.types.OpaqueType;

/** The types that Kubernetes adds to CEL, by the names that it gives them. */
enum KubernetesType {
    QUANTITY("kubernetes.Quantity", Quantity.class),
    URL("kubernetes.URL", java.net.URI.class),
    IP("net.IP", IpAddress.class),
    CIDR("net.CIDR", Cidr.class);

    private final OpaqueType cel;
    private final Class<?> javaClass;

    KubernetesType(String name, Class<?> javaClass) {
        this.cel = OpaqueType.create(name);
        this.javaClass = javaClass;
    }

    OpaqueType cel() {
        return cel;
    }

    Class<?> javaClass() {
        return javaClass;
    }
}
