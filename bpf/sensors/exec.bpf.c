// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A program starts in a process: what, with which arguments, where from; and the kill of a contained one. */

#define KG_OVERLAYFS_MAGIC 0x794c7630
#define KG_TMPFS_MAGIC 0x01021994
#define KG_SIGKILL 9

/*
 * From the container's writable layer rather than its image. An overlay inode is the VFS inode followed by the dentry
 * in the upper layer, NULL while the file is only in the lower ones (fs/overlayfs/ovl_entry.h, struct ovl_inode);
 * overlayfs may be a module, so its own BTF cannot be counted on.
 */
static __always_inline bool kg_upper_layer(struct inode *inode)
{
	void *upper = 0;

	if (BPF_CORE_READ(inode, i_sb, s_magic) != KG_OVERLAYFS_MAGIC)
		return false;
	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
	return upper != 0;
}

/* A memfd is a tmpfs file without a parent, named by the kernel: a file can be called so, but has a parent. */
static __always_inline bool kg_memfd(struct dentry *dentry, struct inode *inode)
{
	char name[6] = {};

	if (BPF_CORE_READ(inode, i_sb, s_magic) != KG_TMPFS_MAGIC || BPF_CORE_READ(dentry, d_parent) != dentry)
		return false;
	bpf_probe_read_kernel(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':';
}

/* Before anything that can fail for want of room: the kill does not depend on the event. */
static __always_inline bool kg_kill_contained(struct file *file)
{
	struct kg_order *order = kg_forbidding_file(KG_KILL_EXEC, &file->f_path);

	if (!order || bpf_send_signal(KG_SIGKILL))
		return false;
	kg_count_stopped(order, execs_killed);
	return true;
}

/*
 * sched_process_exec: the exec has succeeded, the new program's memory is in place (its arguments are read from
 * there, where no other thread can change them any more) and its first instruction is still to come.
 */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(kg_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	if (!kg_monitored())
		return 0;
	/* bprm->file: for a script its interpreter, which is what runs. */
	struct file *file = BPF_CORE_READ(bprm, file);
	bool killed = kg_kill_contained(file);
	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return 0;
	struct kg_exec *event = (struct kg_exec *)scratch->bytes;
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	kg_fill_header(&event->header, KG_EXEC, task);
	event->parent_pid = BPF_CORE_READ(parent, tgid);
	event->parent_start_time = BPF_CORE_READ(parent, start_boottime);
	event->flags = 0;
	event->reserved = 0;
	if (kg_upper_layer(inode))
		event->flags |= KG_EXEC_UPPER_LAYER;
	if (kg_memfd(dentry, inode))
		event->flags |= KG_EXEC_MEMFD;

	scratch->length = sizeof(*event);
	if (!kg_walk_path(scratch, &file->f_path))
		event->flags |= KG_EXEC_PATH_TRUNCATED;
	event->exe_length = scratch->length - sizeof(*event);
	if (!kg_walk_cwd(scratch))
		event->flags |= KG_EXEC_PATH_TRUNCATED;
	event->cwd_length = scratch->length - sizeof(*event) - event->exe_length;

	__u64 args = BPF_CORE_READ(task, mm, arg_start);
	__u64 length = BPF_CORE_READ(task, mm, arg_end) - args;
	if (length > KG_ARGS_MAX) {
		length = KG_ARGS_MAX;
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
	}
	if (bpf_probe_read_user(kg_end(scratch), length, (void *)args)) {
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
		length = 0;
	}
	event->args_length = length;
	scratch->length += length;

	if (killed)
		event->flags |= KG_EXEC_KILLED;
	precious_send(event, scratch->length & (KG_SCRATCH_WRITABLE - 1), 0);
	kg_put_scratch(scratch);
	return 0;
}
