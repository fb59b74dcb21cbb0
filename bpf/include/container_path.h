/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A file's path as the container's mount namespace has it, for exceptions of a containment. Not as the task names it
 * (path.h, bpf_d_path): who may chroot could name any file as he likes.
 */
#ifndef KG_CONTAINER_PATH_H
#define KG_CONTAINER_PATH_H

#define KG_CLIMB_END KG_PATH_MAX	/* in scratch->bytes: the path ends here, and grows towards the front */
#define KG_CLIMB_KEY (2 * KG_PATH_MAX)	/* in scratch->bytes: the key */

static long kg_climb_step(__u32 index, struct kg_walk_context *context)
{
	struct kg_scratch *scratch = context->scratch;
	struct kg_walk *walk = &scratch->walk;
	struct dentry *dentry = walk->dentry;
	struct vfsmount *vfsmount = walk->mount;

	if (dentry == BPF_CORE_READ(vfsmount, mnt_root)) {
		struct mount *mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above == mount) {
			walk->complete = true;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = (void *)above + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}

	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	if (parent == dentry || length > KG_NAME_MAX || length >= scratch->length)
		return 1;	/* attached nowhere, or too long */
	scratch->length -= length;
	if (bpf_probe_read_kernel(&scratch->bytes[scratch->length & (KG_PATH_MAX - 1)], length,
				  BPF_CORE_READ(dentry, d_name.name)))
		return 1;
	scratch->length--;
	scratch->bytes[scratch->length & (KG_PATH_MAX - 1)] = '/';
	walk->dentry = parent;
	return 0;
}

/*
 * Only a mount of the task's own namespace, and only a namespace that the node's own users made: a namespace that comes
 * with a user namespace (unshare -Ur) is its maker's to arrange, and a mount from another one has a path of its own.
 */
static __always_inline bool kg_trusted_mount(const struct path *path)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mount *mount = (void *)BPF_CORE_READ(path, mnt) - bpf_core_field_offset(struct mount, mnt);
	struct mnt_namespace *namespace = BPF_CORE_READ(mount, mnt_ns);

	return namespace && namespace == BPF_CORE_READ(task, nsproxy, mnt_ns) &&
	       BPF_CORE_READ(namespace, user_ns, level) == 0;
}

/*
 * The key to look a file's path up with, in the scratch area; NULL when the file has no path that can be trusted, so no
 * exception fits it. Each step reads where a directory is at that instant: what moves meanwhile can be seen with a path
 * that it never had, but only below directories that whoever moved it may write to anyway.
 */
static __always_inline struct kg_excepted_path *kg_container_path(struct kg_scratch *scratch, const struct path *path)
{
	struct kg_walk *walk = &scratch->walk;
	struct kg_walk_context context = {.scratch = scratch};
	struct kg_excepted_path *key = (struct kg_excepted_path *)&scratch->bytes[KG_CLIMB_KEY];

	if (!kg_trusted_mount(path))
		return 0;
	walk->dentry = BPF_CORE_READ(path, dentry);
	walk->mount = BPF_CORE_READ(path, mnt);
	walk->complete = false;
	scratch->length = KG_CLIMB_END;
	bpf_loop(KG_DEPTH_MAX, kg_climb_step, &context, 0);
	if (!walk->complete)
		return 0;
	__builtin_memset(&scratch->bytes[KG_CLIMB_END], 0, KG_EXCEPTED_PATH);
	key->bits = KG_EXCEPTED_PATH_BITS + 8 * KG_EXCEPTED_PATH;
	key->reserved = 0;
	/* length is KG_CLIMB_END for the root itself, which the mask would take for the front */
	if (scratch->length >= KG_CLIMB_END ||
	    bpf_probe_read_kernel(key->path, sizeof(key->path), &scratch->bytes[scratch->length & (KG_PATH_MAX - 1)]))
		return 0;
	return key;
}

/* The order that forbids the current task to do this to the file; NULL: nothing does, or an exception fits. */
static __always_inline struct kg_order *kg_forbidding_file(__u32 action, const struct path *path)
{
	struct kg_order *order = kg_forbidding(action, 0, 0, 0);

	if (!order)
		return 0;
	struct kg_scratch *scratch = kg_try_scratch();
	if (!scratch)
		return order;
	struct kg_excepted_path *key = kg_container_path(scratch, path);
	if (key)
		order = kg_forbidding(action, 0, key, 0);
	kg_put_scratch(scratch);
	return order;
}

#endif
