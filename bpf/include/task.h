/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Identity of a task. */
#ifndef KG_TASK_H
#define KG_TASK_H

/* Thread-group id in the task's own pid namespace: the innermost number of its struct pid. */
static __always_inline __u32 kg_container_pid(struct task_struct *leader)
{
	struct pid *pid = BPF_CORE_READ(leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid inner = {};

	bpf_core_read(&inner, sizeof(inner), (void *)&pid->numbers[0] + level * bpf_core_type_size(struct upid));
	return inner.nr;
}

static __always_inline void kg_fill_header(struct kg_header *header, __u32 type, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u64 ids = bpf_get_current_uid_gid();

	header->time = bpf_ktime_get_boot_ns();
	header->cgroup = bpf_get_current_cgroup_id();
	header->start_time = BPF_CORE_READ(leader, start_boottime);
	header->type = type;
	header->pid = bpf_get_current_pid_tgid() >> 32;
	header->container_pid = kg_container_pid(leader);
	header->uid = (__u32)ids;
	header->gid = ids >> 32;
	header->reserved = 0;
	bpf_get_current_comm(header->comm, sizeof(header->comm));
}

/* The same where the helpers that tell of the current task are not to be had (cgroup_skb). */
static __always_inline void kg_fill_header_by_reading(struct kg_header *header, __u32 type, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	header->time = bpf_ktime_get_boot_ns();
	header->cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	header->start_time = BPF_CORE_READ(leader, start_boottime);
	header->type = type;
	header->pid = BPF_CORE_READ(task, tgid);
	header->container_pid = kg_container_pid(leader);
	header->uid = BPF_CORE_READ(task, cred, uid.val);
	header->gid = BPF_CORE_READ(task, cred, gid.val);
	header->reserved = 0;
	BPF_CORE_READ_STR_INTO(&header->comm, task, comm);
}

#endif
