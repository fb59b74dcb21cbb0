package io.kubeguardian.collector.attribute;

/**
 * Whom a cgroup belongs to.
 *
 * @param podUid as Kubernetes writes it, with dashes; empty outside any pod
 * @param containerId 64 hexadecimal digits; empty outside any container
 * @param exact the cgroup is that of the pod or container itself, not one inside it
 */
public record Attribution(String podUid, String containerId, boolean exact) {
    /** Outside any pod. */
    public static final Attribution NONE = new Attribution("", "", false);
}
