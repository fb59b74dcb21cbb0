/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What is told of a process and its program: at its exec, and of one that was found running. */
#ifndef KG_EXEC_EVENT_H
#define KG_EXEC_EVENT_H

struct kg_exec {
	struct kg_header header;
	__u64 parent_start_time;
	__u64 cap_effective;
	__u64 cap_permitted;
	__u64 cap_inheritable;
	__u64 exe_inode;
	__s64 exe_change_time;	/* ns since the Unix epoch */
	__s64 exe_modify_time;
	__u32 parent_pid;
	__u32 flags;
	__u32 effective_uid;
	__u32 effective_gid;
	__u32 login_uid;	/* (u32)-1: none */
	__u32 session;		/* host */
	__u32 process_group;
	__u32 tty;		/* device number as of stat(2), 0: none */
	__u32 exe_length;	/* then in data: path of the program, walked (see events.h) */
	__u32 cwd_length;	/* working directory, walked */
	__u32 args_length;	/* argument vector as in memory, each ended by NUL */
	__u32 environment_length;	/* variables of the names asked for, likewise */
	char data[];
};

#define KG_OVERLAYFS_MAGIC 0x794c7630
#define KG_TMPFS_MAGIC 0x01021994

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

/* The number of the controlling terminal's device as stat(2) gives it: new_encode_dev() in linux/kdev_t.h. */
static __always_inline __u32 kg_tty(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	struct tty_driver *driver = tty ? BPF_CORE_READ(tty, driver) : 0;

	if (!driver)
		return 0;
	__u32 major = BPF_CORE_READ(driver, major);
	__u32 minor = BPF_CORE_READ(driver, minor_start) + BPF_CORE_READ(tty, index);
	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

/* Number in the host's pid namespace. */
static __always_inline __u32 kg_host_number(struct pid *pid)
{
	return BPF_CORE_READ(pid, numbers[0].nr);
}

/*
 * Everything of known size but the header, and the paths of the program and the working directory; arguments and
 * environment are the caller's, who knows how to read the task's memory. task: the leader, or the current one.
 */
static __always_inline void kg_fill_exec(struct kg_scratch *scratch, struct task_struct *task, struct file *file)
{
	struct kg_exec *event = (struct kg_exec *)scratch->bytes;
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	const struct cred *cred = BPF_CORE_READ(task, real_cred);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	event->parent_pid = BPF_CORE_READ(parent, tgid);
	event->parent_start_time = BPF_CORE_READ(parent, start_boottime);
	event->effective_uid = BPF_CORE_READ(cred, euid.val);
	event->effective_gid = BPF_CORE_READ(cred, egid.val);
	event->login_uid = kg_login_uid(task);
	event->cap_effective = kg_capabilities(cred, cap_effective);
	event->cap_permitted = kg_capabilities(cred, cap_permitted);
	event->cap_inheritable = kg_capabilities(cred, cap_inheritable);
	event->session = kg_host_number(BPF_CORE_READ(task, signal, pids[PIDTYPE_SID]));
	event->process_group = kg_host_number(BPF_CORE_READ(task, signal, pids[PIDTYPE_PGID]));
	event->tty = kg_tty(task);
	event->exe_inode = BPF_CORE_READ(inode, i_ino);
	event->exe_change_time = kg_inode_ctime(inode);
	event->exe_modify_time = kg_inode_mtime(inode);
	event->flags = 0;
	if (kg_upper_layer(inode))
		event->flags |= KG_EXEC_UPPER_LAYER;
	if (kg_memfd(BPF_CORE_READ(file, f_path.dentry), inode))
		event->flags |= KG_EXEC_MEMFD;
	if (kg_may_write(cred, BPF_CORE_READ(file, f_path.mnt), inode))
		event->flags |= KG_EXEC_WRITABLE;

	scratch->length = sizeof(*event);
	if (!kg_walk_below(scratch, &fs->root, &file->f_path))
		event->flags |= KG_EXEC_PATH_TRUNCATED;
	event->exe_length = scratch->length - sizeof(*event);
	if (!kg_walk_below(scratch, &fs->root, &fs->pwd))
		event->flags |= KG_EXEC_PATH_TRUNCATED;
	event->cwd_length = scratch->length - sizeof(*event) - event->exe_length;
	event->args_length = 0;
	event->environment_length = 0;
}

#endif
