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

/* A component of a path. A short one by two words, which the rest of the path is put over. */
static __always_inline bool kg_add_name(struct kg_scratch *scratch, __u32 length, const unsigned char *name)
{
	if (KG_TYPED && length <= 16) {
		__u64 *words = (__u64 *)kg_end(scratch);

		words[0] = kg_read_word(name);
		if (length > 8)
			words[1] = kg_read_word(name + 8);
	} else if (bpf_probe_read_kernel(kg_end(scratch), length, name)) {
		return false;
	}
	scratch->length += length;
	return true;
}

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
	struct dentry *parent = KG_READ(dentry, d_parent);
	if (dentry == KG_READ(vfsmount, mnt_root)) {
		struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
		struct mount *above = KG_READ(mount, mnt_parent);

		if (above != mount) {
			walk->dentry = KG_READ(mount, mnt_mountpoint);
			walk->mount = (void *)above + bpf_core_field_offset(struct mount, mnt);
			return 0;
		}
		/* The top of all mounts without having met the task's root: it was left behind by a chroot. */
		if (dentry == parent && KG_READ(dentry, d_name.len) <= 1) {
			walk->complete = true;
			return 1;
		}
	}

	__u32 length = KG_READ(dentry, d_name.len);
	if (length > KG_NAME_MAX || scratch->length + length + 1 > walk->limit)
		return 1;
	if (!kg_add_name(scratch, length, KG_READ(dentry, d_name.name)))
		return 1;
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

	walk->dentry = KG_READ((struct path *)path, dentry);
	walk->mount = KG_READ((struct path *)path, mnt);
	walk->root_dentry = root ? KG_READ((struct path *)root, dentry) : 0;
	walk->root_mount = root ? KG_READ((struct path *)root, mnt) : 0;
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
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;

	return kg_walk_below(scratch, &fs->root, path);
}

static __always_inline bool kg_walk_cwd(struct kg_scratch *scratch)
{
	struct fs_struct *fs = bpf_get_current_task_btf()->fs;

	return kg_walk_path(scratch, &fs->pwd);
}

/* The open file of a descriptor of the current task; NULL when there is none. */
static __always_inline struct file *kg_file(int descriptor)
{
	struct fdtable *table = bpf_get_current_task_btf()->files->fdt;

	if (descriptor < 0 || (__u32)descriptor >= table->max_fds)
		return 0;
	return (struct file *)kg_read_word(&table->fd[descriptor]);
}

#endif
