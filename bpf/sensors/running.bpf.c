// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Processes that were there before the sensors. */

#define KG_PF_KTHREAD 0x00200000	/* linux/sched.h: a macro, so not in BTF */

/* One walk at a time, and one that may sleep: an area of its own. */
struct kg_running {
	struct kg_scratch scratch;
	char environment[KG_ENVIRONMENT_SCAN + 8];	/* a copy of the task's, with a NUL behind it */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kg_running);
} running SEC(".maps");

/* As kg_fill_header(), of a task that is not the current one. */
static __always_inline void kg_fill_header_of(struct kg_header *header, __u32 type, struct task_struct *leader)
{
	const struct cred *cred = BPF_CORE_READ(leader, real_cred);

	header->time = bpf_ktime_get_boot_ns();
	header->cgroup = BPF_CORE_READ(leader, cgroups, dfl_cgrp, kn, id);
	header->start_time = BPF_CORE_READ(leader, start_boottime);
	header->type = type;
	header->pid = BPF_CORE_READ(leader, tgid);
	header->container_pid = kg_container_pid(leader);
	header->uid = BPF_CORE_READ(cred, uid.val);
	header->gid = BPF_CORE_READ(cred, gid.val);
	header->reserved = 0;
	bpf_core_read(header->comm, sizeof(header->comm), &leader->comm);
}

static __always_inline void kg_running_args(struct kg_scratch *scratch, struct kg_exec *event, struct task_struct *task)
{
	__u64 args = BPF_CORE_READ(task, mm, arg_start);
	__u64 length = BPF_CORE_READ(task, mm, arg_end) - args;

	if (length > KG_ARGS_MAX) {
		length = KG_ARGS_MAX;
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
	}
	if (bpf_copy_from_user_task(kg_end(scratch), length, (void *)args, task, 0)) {
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
		length = 0;
	}
	event->args_length = length;
	scratch->length += length;
}

static __always_inline void kg_running_environment(struct kg_running *running, struct kg_exec *event,
						   struct task_struct *task)
{
	struct kg_scratch *scratch = &running->scratch;
	__u32 before = scratch->length;
	__u64 start = BPF_CORE_READ(task, mm, env_start);
	__u64 length = BPF_CORE_READ(task, mm, env_end) - start;
	__u64 copied = length > KG_ENVIRONMENT_SCAN ? KG_ENVIRONMENT_SCAN : length;

	if (bpf_copy_from_user_task(running->environment, copied, (void *)start, task, 0)) {
		event->flags |= KG_EXEC_ENVIRONMENT_TRUNCATED;
		return;
	}
	running->environment[copied] = 0;
	if (!kg_scan_environment(scratch, (__u64)running->environment, length, true))
		event->flags |= KG_EXEC_ENVIRONMENT_TRUNCATED;
	event->environment_length = scratch->length - before;
}

/*
 * iter/task: the collector reads it once, when everything is attached. Rather than /proc, because it gives the start of
 * a process to the nanosecond, which is part of its identity (/proc/PID/stat has it in hundredths of a second), and reads
 * nothing at all of a process outside the monitored cgroups. Written are the length of the record, then the record, both
 * multiples of 8. May sleep, to read arguments that are not in memory at the moment.
 */
SEC("iter.s/task")
int kg_running(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct seq_file *output = context->meta->seq;
	__u32 zero = 0;

	if (!task || !kg_monitored_cgroup(BPF_CORE_READ(task, cgroups, dfl_cgrp)))
		return 0;
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct file *file = BPF_CORE_READ(task, mm, exe_file);	/* none: a kernel thread, or one that has ended */
	if (!file || BPF_CORE_READ(task, flags) & KG_PF_KTHREAD)
		return 0;
	/* A process is told once, through its first thread; one whose first thread has ended through the others. */
	if (task != leader && BPF_CORE_READ(leader, mm))
		return 0;
	struct kg_running *running_area = bpf_map_lookup_elem(&running, &zero);
	if (!running_area)
		return 0;
	struct kg_scratch *scratch = &running_area->scratch;
	struct kg_exec *event = (struct kg_exec *)scratch->bytes;

	kg_fill_header_of(&event->header, KG_EXEC, leader);
	kg_fill_exec(scratch, task, file);
	event->flags |= KG_EXEC_FOUND_RUNNING;
	kg_running_args(scratch, event, task);
	if (kg_environment_wanted())
		kg_running_environment(running_area, event, task);

	__u64 length = (scratch->length + 7) & (KG_SCRATCH_WRITABLE - 8);
	__u64 head = length;	/* the verifier of 6.1 forgets the bounds of what a helper was given the address of */
	bpf_seq_write(output, &head, sizeof(head));
	bpf_seq_write(output, event, length);
	return 0;
}
