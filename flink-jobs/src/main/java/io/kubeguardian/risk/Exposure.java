package io.kubeguardian.risk;

import io.kubeguardian.schema.ContainerMetadata;
import io.kubeguardian.schema.PodMetadata;

/** What of a pod lets a breach of it reach further: as much of it as its metadata says. */
enum Exposure {
    PRIVILEGED("privileged container", 6),
    HOST_NETWORK("host network", 4),
    HOST_PID("host processes", 4),
    HOST_IPC("host IPC", 2);

    /** As the factor is called. */
    final String title;
    final double points;

    Exposure(String title, double points) {
        this.title = title;
        this.points = points;
    }

    /** A bit for each that the pod has. */
    static int of(PodMetadata pod) {
        int bits = pod.getHostNetwork() ? bit(HOST_NETWORK) : 0;
        bits |= pod.getHostPid() ? bit(HOST_PID) : 0;
        bits |= pod.getHostIpc() ? bit(HOST_IPC) : 0;
        for (ContainerMetadata container : pod.getContainers()) {
            bits |= container.getPrivileged() ? bit(PRIVILEGED) : 0;
        }
        return bits;
    }

    private static int bit(Exposure exposure) {
        return 1 << exposure.ordinal();
    }

    boolean isIn(int bits) {
        return (bits & bit(this)) != 0;
    }
}
