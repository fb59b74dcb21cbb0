/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where records of varying length are put together: the stack has 512 bytes. Programs of some kinds (fentry, lsm, cgroup)
 * can be preempted by another task that runs one of ours on the same CPU, so each CPU has several areas, and a program
 * holds one from kg_get_scratch() to kg_put_scratch(). It cannot be moved to another CPU meanwhile.
 */
#ifndef KG_SCRATCH_H
#define KG_SCRATCH_H

#define KG_SCRATCH_WRITABLE 16384	/* a write may start below this … */
#define KG_SCRATCH_SLACK 4096		/* … and is at most this long */

/* Arguments of a system call; see call.h. */
struct kg_args {
	__u64 arg[6];
	__u32 number;	/* of x86-64, also for a 32-bit call */
	__u32 compat;	/* not 0: a 32-bit call, and its number there; pointers and structures in memory are those of i386 */
};

/* A walk in progress, see path.h. */
struct kg_walk {
	struct dentry *dentry;
	struct vfsmount *mount;
	struct dentry *root_dentry;
	struct vfsmount *root_mount;
	__u32 limit;
	bool complete;
};

/* A look through a task's environment, see environment.h. */
struct kg_environment {
	__u64 at;
	__u64 end;
	__u32 limit;
	bool complete;
	bool cut;	/* something asked for had no room */
	bool rest;	/* at is within a variable */
};

/*
 * Everything that varies in a loop stands here rather than on the stack: the verifier follows each value on the stack
 * through each turn, and runs out; what it reads from a map is just unknown.
 */
struct kg_scratch {
	struct kg_walk walk;
	struct kg_args args;	/* of the system call, see call.h */
	struct kg_environment environment;
	__u32 taken;
	__u32 length;	/* of the record so far */
	char bytes[KG_SCRATCH_WRITABLE + KG_SCRATCH_SLACK] __attribute__((aligned(8)));
};

#define KG_SCRATCHES 3	/* a CPU */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KG_SCRATCHES);
	__type(key, __u32);
	__type(value, struct kg_scratch);
} scratch SEC(".maps");

/* NULL when all are taken. */
static __always_inline struct kg_scratch *kg_try_scratch(void)
{
	for (__u32 i = 0; i < KG_SCRATCHES; i++) {
		__u32 key = i;
		struct kg_scratch *found = bpf_map_lookup_elem(&scratch, &key);

		if (found && !__sync_lock_test_and_set(&found->taken, 1))
			return found;
	}
	return 0;
}

/* NULL when all are taken, which is counted: the event is lost. */
static __always_inline struct kg_scratch *kg_get_scratch(void)
{
	struct kg_scratch *found = kg_try_scratch();

	if (!found)
		precious_lose();
	return found;
}

static __always_inline void kg_put_scratch(struct kg_scratch *scratch)
{
	scratch->taken = 0;
}

/* Where the record's next byte goes, in bounds for the verifier; a record is always shorter. */
static __always_inline char *kg_end(struct kg_scratch *scratch)
{
	return &scratch->bytes[scratch->length & (KG_SCRATCH_WRITABLE - 1)];
}

#endif
