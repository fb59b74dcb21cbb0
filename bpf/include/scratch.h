/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where records of varying length are put together: the stack has 512 bytes. Tracepoint programs run with preemption
 * off and none of ours nests in another, so one per CPU is enough; cgroup programs can be preempted and must not
 * use it.
 */
#ifndef KG_SCRATCH_H
#define KG_SCRATCH_H

#define KG_SCRATCH_WRITABLE 16384	/* a write may start below this … */
#define KG_SCRATCH_SLACK 4096		/* … and is at most this long */

/* A walk in progress, see path.h. */
struct kg_walk {
	struct dentry *dentry;
	struct vfsmount *mount;
	struct dentry *root_dentry;
	struct vfsmount *root_mount;
	__u32 limit;
	bool complete;
};

/*
 * Everything that varies in a loop stands here rather than on the stack: the verifier follows each value on the stack
 * through each turn, and runs out; what it reads from a map is just unknown.
 */
struct kg_scratch {
	struct kg_walk walk;
	__u32 length;	/* of the record so far */
	char bytes[KG_SCRATCH_WRITABLE + KG_SCRATCH_SLACK] __attribute__((aligned(8)));
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kg_scratch);
} scratch SEC(".maps");

static __always_inline struct kg_scratch *kg_get_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

/* Where the record's next byte goes, in bounds for the verifier; a record is always shorter. */
static __always_inline char *kg_end(struct kg_scratch *scratch)
{
	return &scratch->bytes[scratch->length & (KG_SCRATCH_WRITABLE - 1)];
}

#endif
