// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A process ends: its last thread does. */

#define KG_SIGNAL_GROUP_EXIT 4	/* SIGNAL_GROUP_EXIT of linux/sched/signal.h: a macro, so not in BTF */

/* sched_process_exit: still in its cgroup and namespaces. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(kg_exit, struct task_struct *task)
{
	if (!kg_monitored() || !kg_last_thread(ctx, task))
		return 0;
	struct kg_exit event = {};
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	kg_fill_header(&event.header, KG_EXIT);
	/* As wait_task_zombie() in kernel/exit.c reports it. */
	event.status = BPF_CORE_READ(task, signal, flags) & KG_SIGNAL_GROUP_EXIT
			       ? BPF_CORE_READ(task, signal, group_exit_code)
			       : BPF_CORE_READ(leader, exit_code);
	precious_send(&event, sizeof(event));
	return 0;
}
