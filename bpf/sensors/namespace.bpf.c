// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A process moves itself into other namespaces, or under another root. */

#define KG_NR_PIVOT_ROOT 155
#define KG_NR_CHROOT 161
#define KG_NR_UNSHARE 272
#define KG_NR_SETNS 308

/* Linux 6.18 moved the type from the operations to the namespace itself. */
struct proc_ns_operations___typed {
	int type;
} __attribute__((preserve_access_index));

struct ns_common___typed {
	__u32 ns_type;
} __attribute__((preserve_access_index));

/* Which kind (CLONE_NEW…) and which one (its number in /proc/PID/ns), if the descriptor is a namespace and no pidfd. */
static __always_inline void kg_namespace(struct kg_call *call, int descriptor)
{
	struct file *file = kg_file(descriptor);

	if (!file || kg_magic(file) != KG_NSFS_MAGIC)
		return;
	struct ns_common *namespace = BPF_CORE_READ(file, f_inode, i_private);
	struct ns_common___typed *typed = (void *)namespace;
	struct proc_ns_operations___typed *operations = (void *)BPF_CORE_READ(namespace, ops);

	call->argument[2] = bpf_core_field_exists(typed->ns_type) ? BPF_CORE_READ(typed, ns_type)
								  : BPF_CORE_READ(operations, type);
	call->argument[3] = BPF_CORE_READ(namespace, inum);
}

KG_CALL_GROUP(namespace)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	switch (scratch->args.number) {
	case KG_NR_UNSHARE:
		kg_shape(call, 1, 0);
		kg_long(scratch, 0);
		break;
	case KG_NR_SETNS:
		kg_shape(call, 4, 0);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		kg_namespace(call, scratch->args.arg[0]);
		kg_target(call, kg_pidfd_pid(scratch->args.arg[0]));
		break;
	case KG_NR_CHROOT:
		kg_shape(call, 1, 1);
		/* What was given is of no use once the root has changed: the new root itself, as its mount namespace names it. */
		if (!result)
			kg_file_text(scratch, 0, 0, &fs->root);
		else
			kg_path_text(scratch, 0, KG_AT_FDCWD, scratch->args.arg[0]);
		break;
	case KG_NR_PIVOT_ROOT:
		kg_shape(call, 2, 2);
		/* Root and working directory have moved: a relative path that worked cannot be resolved any more. */
		kg_path_text(scratch, 0, result ? KG_AT_FDCWD : KG_NO_DIRECTORY, scratch->args.arg[0]);
		kg_path_text(scratch, 1, result ? KG_AT_FDCWD : KG_NO_DIRECTORY, scratch->args.arg[1]);
		break;
	}
	kg_send_call(scratch);
}
