/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Who is looked at: tasks at or below one cgroup. By ancestor, so a new container is covered before it runs. */
#ifndef KG_FILTER_H
#define KG_FILTER_H

static __always_inline bool kg_monitored(void)
{
	return bpf_get_current_ancestor_cgroup_id(settings.root_level) == settings.root_cgroup;
}

/* The id of the cgroup v2 that the current task is in, by loads: a helper costs a call. */
static __always_inline __u64 kg_cgroup_id(struct task_struct *task)
{
	return task->cgroups->dfl_cgrp->kn->id;
}

/* The same for a cgroup that is not the current task's. Only of the v2 hierarchy: its id is always 0. */
static __always_inline bool kg_monitored_cgroup(struct cgroup *cgroup)
{
	struct cgroup *ancestor = 0;
	__u32 level = settings.root_level;

	if (BPF_CORE_READ(cgroup, root, hierarchy_id) != 0 || BPF_CORE_READ(cgroup, level) < (int)level)
		return false;
	bpf_core_read(&ancestor, sizeof(ancestor), &cgroup->ancestors[level & 0xff]);
	return BPF_CORE_READ(ancestor, kn, id) == settings.root_cgroup;
}

#endif
