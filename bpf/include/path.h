/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A path as the task itself would name it: from a dentry up through its mounts to the task's root. bpf_d_path does
 * the same, but not in the kinds of programs that every kernel here loads (tp_btf).
 */
#ifndef KG_PATH_H
#define KG_PATH_H

#define KG_NAME_MAX 255
#define KG_DEPTH_MAX 128	/* components and mount crossings */

struct kg_walk_context {
	struct kg_scratch *scratch;
};

static long kg_walk_step(__u32 index, struct kg_walk_context *context)
{
	struct kg_scratch *scratch = context->scratch;
	struct kg_walk *walk = &scratch->walk;
	struct dentry *dentry = walk->dentry;
	struct vfsmount *vfsmount = walk->mount;

	if (dentry == walk->root_dentry && vfsmount == walk->root_mount) {
		walk->complete = true;
		return 1;
	}
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry == BPF_CORE_READ(vfsmount, mnt_root)) {
		struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above != mount) {
			walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			walk->mount = (void *)above + bpf_core_field_offset(struct mount, mnt);
			return 0;
		}
		/* The top of all mounts without having met the task's root: it was left behind by a chroot. */
		if (dentry == parent && BPF_CORE_READ(dentry, d_name.len) <= 1) {
			walk->complete = true;
			return 1;
		}
	}

	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	if (length > KG_NAME_MAX || scratch->length + length + 1 > walk->limit)
		return 1;
	if (bpf_probe_read_kernel(kg_end(scratch), length, BPF_CORE_READ(dentry, d_name.name)))
		return 1;
	scratch->length += length;
	*kg_end(scratch) = '/';
	scratch->length++;
	if (parent == dentry) {	/* attached nowhere: a memfd, a pipe */
		walk->complete = true;
		return 1;
	}
	walk->dentry = parent;
	return 0;
}

/*
 * Appends the path below this root to the record, last component first; below the top of all mounts without one.
 * Returns false when it does not fit, or is deeper than KG_DEPTH_MAX; what is there then is its end.
 */
static __always_inline bool kg_walk_below(struct kg_scratch *scratch, const struct path *root, const struct path *path)
{
	struct kg_walk *walk = &scratch->walk;
	struct kg_walk_context context = {.scratch = scratch};

	walk->dentry = BPF_CORE_READ(path, dentry);
	walk->mount = BPF_CORE_READ(path, mnt);
	walk->root_dentry = root ? BPF_CORE_READ(root, dentry) : 0;
	walk->root_mount = root ? BPF_CORE_READ(root, mnt) : 0;
	walk->limit = scratch->length + KG_PATH_MAX;
	if (walk->limit > KG_SCRATCH_WRITABLE - 1)
		walk->limit = KG_SCRATCH_WRITABLE - 1;
	walk->complete = false;
	bpf_loop(KG_DEPTH_MAX, kg_walk_step, &context, 0);
	return walk->complete;
}

/* The same below the task's root. */
static __always_inline bool kg_walk_path(struct kg_scratch *scratch, const struct path *path)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	return kg_walk_below(scratch, &fs->root, path);
}

static __always_inline bool kg_walk_cwd(struct kg_scratch *scratch)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	return kg_walk_path(scratch, &fs->pwd);
}

/* The open file of a descriptor of the current task; NULL when there is none. */
static __always_inline struct file *kg_file(int descriptor)
{
	struct fdtable *table = bpf_get_current_task_btf()->files->fdt;
	struct file *file = 0;

	if (descriptor < 0 || (__u32)descriptor >= table->max_fds)
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), &table->fd[descriptor]);
	return file;
}

#endif
