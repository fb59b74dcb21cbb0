package io.kubeguardian.collector.attribute;

/**
 * How events were given to pods, since the start.
 *
 * @param failures events whose cgroup was not known
 * @param outsidePods events of cgroups that belong to no pod
 * @param cgroups how many are known now
 * @param created how many have come
 * @param removed how many of those known have gone
 */
public record AttributionCounts(long failures, long outsidePods, long cgroups, long created, long removed) {}
