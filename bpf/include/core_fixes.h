/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Where kernels differ, from 6.1 on: each difference has its one home here. A struct's flavour (the part of its name
 * from ___ on is dropped when it is looked up) has the members of other kernels than the one whose BTF was built with.
 */
#ifndef KG_CORE_FIXES_H
#define KG_CORE_FIXES_H

#define KG_NANOSECONDS 0x3fffffff	/* above them 6.13 keeps a mark of its own (I_CTIME_QUERIED, linux/fs.h) */

struct timespec64___any {
	__s64 tv_sec;
	long tv_nsec;
} __attribute__((preserve_access_index));

struct inode___6_1 {
	struct timespec64___any i_ctime;
	struct timespec64___any i_mtime;
} __attribute__((preserve_access_index));

struct inode___6_6 {	/* __i_mtime since 6.7 */
	struct timespec64___any __i_ctime;
	struct timespec64___any __i_mtime;
} __attribute__((preserve_access_index));

struct inode___6_11 {
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
	__s64 i_mtime_sec;
	__u32 i_mtime_nsec;
} __attribute__((preserve_access_index));

/* The time of an inode, NAME being ctime or mtime, in nanoseconds since the Unix epoch. */
#define KG_INODE_TIME(name)                                                                               \
	static __always_inline __s64 kg_inode_##name(struct inode *inode)                                 \
	{                                                                                                 \
		struct inode___6_1 *of_6_1 = (void *)inode;                                               \
		struct inode___6_6 *of_6_6 = (void *)inode;                                               \
		struct inode___6_11 *of_6_11 = (void *)inode;                                             \
		__s64 seconds = 0;                                                                        \
		__s64 nanoseconds = 0;                                                                    \
                                                                                                          \
		if (bpf_core_field_exists(of_6_11->i_##name##_sec)) {                                     \
			seconds = BPF_CORE_READ(of_6_11, i_##name##_sec);                                 \
			nanoseconds = BPF_CORE_READ(of_6_11, i_##name##_nsec) & KG_NANOSECONDS;           \
		} else if (bpf_core_field_exists(of_6_6->__i_##name)) {                                   \
			seconds = BPF_CORE_READ(of_6_6, __i_##name.tv_sec);                               \
			nanoseconds = BPF_CORE_READ(of_6_6, __i_##name.tv_nsec);                          \
		} else if (bpf_core_field_exists(of_6_1->i_##name)) {                                     \
			seconds = BPF_CORE_READ(of_6_1, i_##name.tv_sec);                                 \
			nanoseconds = BPF_CORE_READ(of_6_1, i_##name.tv_nsec);                            \
		}                                                                                         \
		return seconds * 1000000000 + nanoseconds;                                                \
	}
KG_INODE_TIME(ctime)
KG_INODE_TIME(mtime)

/* kernel_cap_t: two words of 32 bits, the lower first, before 6.3, one of 64 since: the same bytes on a little-endian machine. */
#define kg_capabilities(cred, set)                                                                        \
	({                                                                                                \
		__u64 capabilities = 0;                                                                   \
		bpf_core_read(&capabilities, sizeof(capabilities), &(cred)->set);                         \
		capabilities;                                                                             \
	})

struct task_struct___audit {	/* only with CONFIG_AUDIT */
	kuid_t loginuid;
} __attribute__((preserve_access_index));

static __always_inline __u32 kg_login_uid(struct task_struct *task)
{
	struct task_struct___audit *audited = (void *)task;

	return bpf_core_field_exists(audited->loginuid) ? BPF_CORE_READ(audited, loginuid.val) : (__u32)-1;
}

struct trace_event_raw_sched_process_exit___6_16 {
	bool group_dead;
} __attribute__((preserve_access_index));

/* Processes that have ended a moment ago, before 6.16. */
struct kg_ended {
	__u64 start_time;
	__u64 pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct kg_ended);
	__type(value, __u8);
} ended SEC(".maps");

/*
 * Whether the task that sched_process_exit tells of is its process's last thread. The tracepoint says so itself since
 * 6.16. Before, the count of live threads has already been taken down when it is reached, so two threads that end in
 * the same instant can both find it 0: the first to say so is it.
 */
static __always_inline bool kg_last_thread(__u64 *context, struct task_struct *task)
{
	struct kg_ended process = {};
	__u8 once = 1;

	if (bpf_core_field_exists(((struct trace_event_raw_sched_process_exit___6_16 *)0)->group_dead))
		return context[1] & 1;
	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return false;
	process.start_time = BPF_CORE_READ(task, group_leader, start_boottime);
	process.pid = BPF_CORE_READ(task, tgid);
	return !bpf_map_update_elem(&ended, &process, &once, BPF_NOEXIST);
}

#endif
