/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the collector tells the kernel to do to a container. */
#ifndef KG_CONTAINMENT_H
#define KG_CONTAINMENT_H

#define KG_CONTAINMENT_DEPTH 16	/* levels from the monitored root down that are looked at */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct kg_containment);
} containments SEC(".maps");

/* How many there are: the usual answer is none, and costs one read. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} containment_count SEC(".maps");

/* The containment with this action in force for the current task's cgroup or one above it; NULL when none is. */
static __always_inline struct kg_containment *kg_contained(__u32 action)
{
	__u32 zero = 0;
	__u32 *count = bpf_map_lookup_elem(&containment_count, &zero);

	if (!count || !*count)
		return 0;
	for (int depth = 0; depth < KG_CONTAINMENT_DEPTH; depth++) {
		__u64 cgroup = bpf_get_current_ancestor_cgroup_id(settings.root_level + depth);
		struct kg_containment *found;

		if (!cgroup)
			break;
		found = bpf_map_lookup_elem(&containments, &cgroup);
		if (found && (found->actions & action) && bpf_ktime_get_boot_ns() < found->expires)
			return found;
	}
	return 0;
}

#endif
