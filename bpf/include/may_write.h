/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Whether credentials suffice to write to a file, or to make it writable first: what inode_permission() in fs/namei.c
 * and inode_owner_or_capable() in fs/inode.c ask, short of access control lists, LSMs and the idmaps of mounts.
 */
#ifndef KG_MAY_WRITE_H
#define KG_MAY_WRITE_H

#define KG_MNT_READONLY 0x40	/* linux/mount.h; the next: linux/fs.h, linux/stat.h, linux/capability.h */
#define KG_SB_RDONLY 1
#define KG_S_IMMUTABLE 8
#define KG_S_IWGRP 020
#define KG_S_IWOTH 02
#define KG_CAP_DAC_OVERRIDE 1
#define KG_CAP_FOWNER 3
#define KG_GROUPS 32		/* most supplementary groups that are looked at */
#define KG_EXTENTS 5		/* of a user namespace's map that are kept in itself; more are rare */

/* Whether a user namespace has a number for this id of the host; as map_id_up() in kernel/user_namespace.c. */
static __always_inline bool kg_mapped(struct uid_gid_map *map, __u32 id)
{
	struct uid_gid_extent extents[KG_EXTENTS] = {};
	__u32 count = BPF_CORE_READ(map, nr_extents);

	bpf_core_read(extents, sizeof(extents), &map->extent);
	for (__u32 i = 0; i < KG_EXTENTS; i++) {
		if (i < count && count <= KG_EXTENTS && id - extents[i].lower_first < extents[i].count)
			return true;
	}
	return false;
}

static __always_inline bool kg_in_group(const struct cred *cred, __u32 gid)
{
	__u32 groups[KG_GROUPS] = {};
	struct group_info *info = BPF_CORE_READ(cred, group_info);
	__u32 count = BPF_CORE_READ(info, ngroups);

	if (BPF_CORE_READ(cred, fsgid.val) == gid)
		return true;
	if (count > KG_GROUPS)
		count = KG_GROUPS;
	bpf_core_read(groups, count * sizeof(__u32), &info->gid);
	for (__u32 i = 0; i < KG_GROUPS; i++) {
		if (i < count && groups[i] == gid)
			return true;
	}
	return false;
}

static __always_inline bool kg_may_write(const struct cred *cred, struct vfsmount *mount, struct inode *inode)
{
	__u32 mode = BPF_CORE_READ(inode, i_mode);
	__u32 uid = BPF_CORE_READ(inode, i_uid.val);
	__u32 gid = BPF_CORE_READ(inode, i_gid.val);

	if (BPF_CORE_READ(mount, mnt_flags) & KG_MNT_READONLY || BPF_CORE_READ(inode, i_sb, s_flags) & KG_SB_RDONLY ||
	    BPF_CORE_READ(inode, i_flags) & KG_S_IMMUTABLE)
		return false;
	if (mode & KG_S_IWOTH || BPF_CORE_READ(cred, fsuid.val) == uid || (mode & KG_S_IWGRP && kg_in_group(cred, gid)))
		return true;
	if (!(kg_capabilities(cred, cap_effective) & (1 << KG_CAP_DAC_OVERRIDE | 1 << KG_CAP_FOWNER)))
		return false;
	/* A capability reaches as far as the user namespace that it is held in. */
	struct user_namespace *namespace = BPF_CORE_READ(cred, user_ns);
	return kg_mapped(&namespace->uid_map, uid) && kg_mapped(&namespace->gid_map, gid);
}

#endif
