/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Identity of a task. */
#ifndef KG_TASK_H
#define KG_TASK_H

/* Whether struct pid ends in an array without a size (since 6.5), whose elements can be loaded from. */
#define KG_OPEN_NUMBERS (bpf_core_field_size(((struct pid *)0)->numbers) == 0)

/* Thread-group id in the task's own pid namespace: the innermost number of its struct pid. */
static __always_inline __u32 kg_container_pid(struct task_struct *leader)
{
	struct pid *pid = KG_READ(leader, thread_pid);
	__u32 level = KG_READ(pid, level);
	struct upid inner = {};

	if (KG_TYPED && KG_OPEN_NUMBERS && level == 0)
		return KG_READ(pid, numbers[0].nr);
	if (KG_TYPED && KG_OPEN_NUMBERS && level == 1)	/* a container's, as a rule */
		return KG_READ(pid, numbers[1].nr);
	bpf_core_read(&inner, sizeof(inner), (void *)&pid->numbers[0] + level * bpf_core_type_size(struct upid));
	return inner.nr;
}

/* Of the current task. By loads alone: also where the helpers that tell of it are not to be had (cgroup_skb). */
static __always_inline void kg_fill_header(struct kg_header *header, __u32 type)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *leader = task->group_leader;
	const __u32 *comm = (const __u32 *)task->comm;

	header->time = bpf_ktime_get_boot_ns();
	header->cgroup = kg_cgroup_id(task);
	header->start_time = leader->start_boottime;
	header->type = type;
	header->pid = task->tgid;
	header->container_pid = kg_container_pid(leader);
	header->uid = task->cred->uid.val;
	header->gid = task->cred->gid.val;
	header->reserved = 0;
	for (int i = 0; i < KG_COMM / 4; i++)
		((__u32 *)header->comm)[i] = comm[i];
}

#endif
