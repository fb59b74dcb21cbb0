/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Which process a number or a descriptor of the current task means. The kernel's own ways there (find_vpid, pidfd_pid)
 * are not for BPF on the kernels supported here, so this does what they do: idr_find() in lib/idr.c and
 * __radix_tree_lookup() in lib/radix-tree.c over the pid namespace's numbers; pidfd_pid() in kernel/fork.c or fs/pidfs.c.
 */
#ifndef KG_PID_H
#define KG_PID_H

#define KG_XA_INTERNAL 2		/* low two bits of an entry that leads to a node (linux/xarray.h) */
#define KG_XA_LEVELS 6			/* 32 bits in steps of 6 */

static __always_inline struct upid kg_innermost(struct pid *pid)
{
	struct upid number = {};
	__u32 level = BPF_CORE_READ(pid, level);

	bpf_core_read(&number, sizeof(number), (void *)&pid->numbers[0] + level * bpf_core_type_size(struct upid));
	return number;
}

/* NULL when the number means nothing (any more) in the current task's pid namespace. */
static __always_inline struct pid *kg_find_pid(int number)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct pid_namespace *namespace = kg_innermost(BPF_CORE_READ(task, thread_pid)).ns;
	__u32 slots = bpf_core_field_size(((struct xa_node *)0)->slots) / sizeof(void *);
	__u64 entry = (__u64)BPF_CORE_READ(namespace, idr.idr_rt.xa_head);
	__u32 index = (__u32)number - BPF_CORE_READ(namespace, idr.idr_base);

	if (number <= 0)
		return 0;
	for (int level = 0; level < KG_XA_LEVELS && (entry & 3) == KG_XA_INTERNAL; level++) {
		struct xa_node *node = (void *)(entry - KG_XA_INTERNAL);
		__u32 at = index >> (BPF_CORE_READ(node, shift) & 31);

		if (level == 0 && at >= slots)	/* beyond the highest number in use */
			return 0;
		entry = 0;
		bpf_core_read(&entry, sizeof(entry), (void *)&node->slots[0] + (at & (slots - 1)) * sizeof(void *));
	}
	if (!entry || entry & 3)
		return 0;
	/* Read without the locks that make the kernel's way safe: it has to say itself that it is the one. */
	struct pid *found = (void *)entry;
	__u32 level = BPF_CORE_READ(namespace, level);
	struct upid claimed = {};
	bpf_core_read(&claimed, sizeof(claimed), (void *)&found->numbers[0] + (level & 31) * bpf_core_type_size(struct upid));
	return claimed.nr == number && claimed.ns == namespace ? found : 0;
}

/* The pid that a pidfd stands for; NULL when the descriptor is none. */
static __always_inline struct pid *kg_pidfd_pid(int descriptor)
{
	struct file *file = kg_file(descriptor);
	__u64 magic = file ? kg_magic(file) : 0;

	if (magic == KG_PIDFS_MAGIC)
		return BPF_CORE_READ(file, f_inode, i_private);
	if (magic == KG_ANON_INODE_MAGIC) {	/* before Linux 6.9: known by its name, which only the kernel gives */
		char name[8] = {};
		bpf_probe_read_kernel(name, sizeof(name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
		if (!__builtin_memcmp(name, "[pidfd]", sizeof(name)))
			return BPF_CORE_READ(file, private_data);
	}
	return 0;
}

/* The process of a pid, which may be that of any of its threads; NULL when it has ended and been waited for. */
static __always_inline struct task_struct *kg_pid_leader(struct pid *pid)
{
	void *link = pid ? BPF_CORE_READ(pid, tasks[PIDTYPE_PID].first) : 0;

	return link ? BPF_CORE_READ((struct task_struct *)(link - bpf_core_field_offset(struct task_struct, pid_links)),
				    group_leader)
		    : 0;
}

#endif
