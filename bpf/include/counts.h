/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* How often each system call was made, by cgroup. */
#ifndef KG_COUNTS_H
#define KG_COUNTS_H

#define KG_COUNT_SHARDS 8	/* CPUs that share a container seldom share counters */

/* By number of x86-64. They wrap: the collector asks often enough to tell. */
struct kg_counts {
	__u32 calls[KG_CALLS];
};

/*
 * The key is the cgroup's id times KG_COUNT_SHARDS plus the shard. Entries appear with the first call and stay until the
 * collector has seen the cgroup go, so that the last counts of one that lived for a moment are there to be read. The
 * collector sets the real size before load: on fewer CPUs than shards less is needed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096 * KG_COUNT_SHARDS);
	__type(key, __u64);
	__type(value, struct kg_counts);
} call_counts SEC(".maps");

/* Calls that found no room there. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls_uncounted SEC(".maps");

static const struct kg_counts kg_no_counts = {};

static __always_inline void kg_count_call(__u32 number)
{
	__u64 key = bpf_get_current_cgroup_id() * KG_COUNT_SHARDS + bpf_get_smp_processor_id() % KG_COUNT_SHARDS;
	struct kg_counts *counts = bpf_map_lookup_elem(&call_counts, &key);

	if (!counts) {
		bpf_map_update_elem(&call_counts, &key, &kg_no_counts, BPF_NOEXIST);
		counts = bpf_map_lookup_elem(&call_counts, &key);
	}
	if (counts) {
		__sync_fetch_and_add(&counts->calls[number % KG_CALLS], 1);
		return;
	}
	__u32 zero = 0;
	__u64 *uncounted = bpf_map_lookup_elem(&calls_uncounted, &zero);
	if (uncounted)
		(*uncounted)++;
}

#endif
