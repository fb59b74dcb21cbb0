// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A new process (not a thread). */

/*
 * sched_process_fork: the child has all its numbers and its cgroup, and has not run. Filtered by the child's cgroup:
 * a container runtime outside the monitored tree can clone straight into it (CLONE_INTO_CGROUP).
 */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(kg_fork, struct task_struct *parent, struct task_struct *child)
{
	struct cgroup *cgroup = BPF_CORE_READ(child, cgroups, dfl_cgrp);

	if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid) || !kg_monitored_cgroup(cgroup))
		return 0;
	struct kg_fork event = {};

	kg_fill_header(&event.header, KG_FORK);
	event.header.cgroup = BPF_CORE_READ(cgroup, kn, id);
	event.child_start_time = BPF_CORE_READ(child, start_boottime);
	event.child_pid = BPF_CORE_READ(child, tgid);
	event.child_container_pid = kg_container_pid(child);
	precious_send(&event, sizeof(event));
	return 0;
}
