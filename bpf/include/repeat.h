/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Opens that say nothing new: the same program run, as the same user, opens the same file by the same path for reading,
 * again and again. Within settings.open_repeat_ns of one that was sent they are only counted.
 */
#ifndef KG_REPEAT_H
#define KG_REPEAT_H

/*
 * What makes two opens the same. A file is its dentry in its mount rather than its inode: with a hard link or a bind
 * mount an innocent path could hide another one. The name's hash is for a rename, the inode for a dentry used anew,
 * exec_id for a process that has become another program.
 */
struct kg_open_key {
	__u64 cgroup;
	__u64 start_time;
	struct dentry *dentry;
	struct vfsmount *mount;
	struct inode *inode;
	__u32 pid;
	__u32 exec_id;
	__u32 uid;
	__u32 flags;
	__u32 name_hash;
	__u32 given_length;	/* "../../etc/passwd" is not "/etc/passwd" to a rule */
};

struct kg_open_seen {
	__u64 time;
	__u64 repeats;
};

/* The longest unused goes first: its file is then reported once more than needed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct kg_open_key);
	__type(value, struct kg_open_seen);
} opens_seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} opens_repeated SEC(".maps");

/*
 * Whether this open, which succeeded, was sent a moment ago. Otherwise *REPEATS becomes how often it was not sent since
 * it last was.
 */
static __always_inline bool kg_open_repeated(const struct kg_header *header, struct file *file, __u32 flags,
					     __u32 given_length, __u32 *repeats)
{
	struct dentry *dentry = KG_READ(file, f_path.dentry);
	struct kg_open_key key = {
		.cgroup = header->cgroup,
		.start_time = header->start_time,
		.dentry = dentry,
		.mount = KG_READ(file, f_path.mnt),
		.inode = KG_READ(file, f_inode),
		.pid = header->pid,
		.exec_id = bpf_get_current_task_btf()->self_exec_id,
		.uid = header->uid,
		.flags = flags,
		.name_hash = KG_READ(dentry, d_name.hash),
		.given_length = given_length,
	};
	struct kg_open_seen first = {.time = header->time};
	struct kg_open_seen *seen = bpf_map_lookup_elem(&opens_seen, &key);
	__u32 zero = 0;
	__u64 *total;

	if (!seen) {
		bpf_map_update_elem(&opens_seen, &key, &first, BPF_ANY);
		return false;
	}
	if (header->time - seen->time >= settings.open_repeat_ns) {
		seen->time = header->time;
		*repeats = __sync_lock_test_and_set(&seen->repeats, 0);
		return false;
	}
	__sync_fetch_and_add(&seen->repeats, 1);
	total = bpf_map_lookup_elem(&opens_repeated, &zero);
	if (total)
		__sync_fetch_and_add(total, 1);
	return true;
}

#endif
