package io.kubeguardian.collector.event;

/** Hears of cgroups below the monitored one, in the order in which they come and go. */
public interface CgroupListener {
    /** @param path below the root of cgroup v2, starting with a slash */
    void created(long cgroup, String path);

    void removed(long cgroup);
}
