/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * How often each system call was made, by cgroup. Each CPU counts for the cgroup that it runs, by plain additions in
 * memory of its own, and hands over what it has counted when it comes to another one: between two switches a CPU makes
 * many calls, of few kinds. The same memory remembers which cgroup is looked at and which is not.
 */
#ifndef KG_COUNTS_H
#define KG_COUNTS_H

#define KG_COUNT_SHARDS 8	/* CPUs that share a container seldom share counters */
#define KG_PENDING_CALLS 64	/* kinds of calls that a CPU has counted and not handed over */

/* By number of x86-64. They wrap: the collector asks often enough to tell. */
struct kg_counts {
	__u32 calls[KG_CALLS];
};

/*
 * The key is the cgroup's id times KG_COUNT_SHARDS plus the shard. Entries appear when a CPU begins to count and stay until
 * the collector has seen the cgroup go, so that the last counts of one that lived for a moment are there to be read. The
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

/*
 * A CPU's own. Only kg_sys_exit touches it, and the kernel does not run that one twice on a CPU at a time (prog->active of
 * kernel/trace/bpf_trace.c). The collector reads it from elsewhere: what was handed over while it did is told by turn.
 */
struct kg_cpu {
	__u32 turn;	/* odd: what follows is being changed from one cgroup to another; see CallCounts */
	__u32 room;	/* there was an entry for its counts */
	__u64 cgroup;	/* a monitored one, whose calls are pending; ids are never used again */
	__u64 outside;	/* one that is not monitored */
	__u32 kinds;	/* in use of kind */
	__u16 kind[KG_PENDING_CALLS];	/* numbers that calls has something for */
	__u32 reserved;
	__u32 calls[KG_CALLS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kg_cpu);
} cpus SEC(".maps");

static const struct kg_counts kg_no_counts = {};

static __always_inline __u64 kg_counts_key(__u64 cgroup)
{
	return cgroup * KG_COUNT_SHARDS + bpf_get_smp_processor_id() % KG_COUNT_SHARDS;
}

static __always_inline bool kg_make_counts(__u64 cgroup)
{
	__u64 key = kg_counts_key(cgroup);

	if (bpf_map_lookup_elem(&call_counts, &key))
		return true;
	bpf_map_update_elem(&call_counts, &key, &kg_no_counts, BPF_NOEXIST);
	return bpf_map_lookup_elem(&call_counts, &key);
}

struct kg_hand_over {
	struct kg_cpu *cpu;
	struct kg_counts *counts;	/* NULL: no room, or the cgroup is gone and the collector has read what is pending */
	__u64 left;
};

static long kg_hand_over_step(__u32 index, struct kg_hand_over *to)
{
	struct kg_cpu *cpu = to->cpu;
	__u32 number = cpu->kind[index % KG_PENDING_CALLS] % KG_CALLS;

	if (to->counts)
		__sync_fetch_and_add(&to->counts->calls[number], cpu->calls[number]);
	else
		to->left += cpu->calls[number];
	cpu->calls[number] = 0;
	return 0;
}

/* Adds what is pending to its cgroup's counters, and begins to count for NEXT, which may be the same. */
static __always_inline void kg_hand_over(struct kg_cpu *cpu, __u64 next)
{
	__u64 key = kg_counts_key(cpu->cgroup);
	struct kg_hand_over to = {.cpu = cpu, .counts = bpf_map_lookup_elem(&call_counts, &key)};
	__u32 kinds = cpu->kinds;
	bool lost = !cpu->room;

	if (next != cpu->cgroup)
		cpu->room = kg_make_counts(next);
	*(volatile __u32 *)&cpu->turn += 1;
	bpf_loop(kinds > KG_PENDING_CALLS ? KG_PENDING_CALLS : kinds, kg_hand_over_step, &to, 0);
	cpu->kinds = 0;
	*(volatile __u64 *)&cpu->cgroup = next;
	*(volatile __u32 *)&cpu->turn += 1;
	if (to.left && lost) {
		__u32 zero = 0;
		__u64 *uncounted = bpf_map_lookup_elem(&calls_uncounted, &zero);

		if (uncounted)
			*uncounted += to.left;
	}
}

/* The CPU comes to a cgroup that it does not know. Whether it is monitored: then its calls are counted from now on. */
static __noinline bool kg_come_to(struct kg_cpu *cpu, __u64 cgroup)
{
	if (!cpu)
		return false;
	if (!kg_monitored()) {
		cpu->outside = cgroup;
		return false;
	}
	if (settings.count_calls)
		kg_hand_over(cpu, cgroup);
	else
		cpu->cgroup = cgroup;
	return true;
}

static __noinline int kg_make_room(struct kg_cpu *cpu)
{
	if (cpu)
		kg_hand_over(cpu, cpu->cgroup);
	return 0;
}

static __always_inline void kg_count_call(struct kg_cpu *cpu, __u32 number)
{
	number %= KG_CALLS;
	if (cpu->calls[number]++)
		return;
	if (cpu->kinds >= KG_PENDING_CALLS)
		kg_make_room(cpu);
	cpu->kind[cpu->kinds++ % KG_PENDING_CALLS] = number;
}

#endif
