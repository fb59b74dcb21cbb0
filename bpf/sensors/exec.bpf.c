// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A program starts in a process: what, with which arguments, where from; and the kill of a contained one. */

#define KG_SIGKILL 9

/* Both from where the exec has just put them: no other thread can change them any more. */
static __always_inline void kg_exec_args(struct kg_scratch *scratch, struct kg_exec *event, struct task_struct *task)
{
	__u64 args = BPF_CORE_READ(task, mm, arg_start);
	__u64 length = BPF_CORE_READ(task, mm, arg_end) - args;

	if (length > KG_ARGS_MAX) {
		length = KG_ARGS_MAX;
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
	}
	if (bpf_probe_read_user(kg_end(scratch), length, (void *)args)) {
		event->flags |= KG_EXEC_ARGS_TRUNCATED;
		length = 0;
	}
	event->args_length = length;
	scratch->length += length;
}

static __always_inline void kg_exec_environment(struct kg_scratch *scratch, struct kg_exec *event,
						struct task_struct *task)
{
	__u32 before = scratch->length;
	__u64 start = BPF_CORE_READ(task, mm, env_start);

	if (!kg_scan_environment(scratch, start, BPF_CORE_READ(task, mm, env_end) - start, false))
		event->flags |= KG_EXEC_ENVIRONMENT_TRUNCATED;
	event->environment_length = scratch->length - before;
}

/* Before anything that can fail for want of room: the kill does not depend on the event. */
static __always_inline bool kg_kill_contained(struct file *file)
{
	struct kg_order *order = kg_forbidding_file(KG_KILL_EXEC, &file->f_path);

	if (!order || bpf_send_signal(KG_SIGKILL))
		return false;
	kg_count_stopped(order, execs_killed);
	return true;
}

/*
 * sched_process_exec: the exec has succeeded, the new program's memory is in place and its first instruction is still
 * to come.
 */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(kg_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	if (!kg_monitored())
		return 0;
	/* bprm->file: for a script its interpreter, which is what runs. */
	struct file *file = BPF_CORE_READ(bprm, file);
	bool killed = kg_kill_contained(file);
	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return 0;
	struct kg_exec *event = (struct kg_exec *)scratch->bytes;

	kg_fill_header(&event->header, KG_EXEC);
	kg_fill_exec(scratch, task, file);
	kg_exec_args(scratch, event, task);
	if (kg_environment_wanted())
		kg_exec_environment(scratch, event, task);

	if (killed)
		event->flags |= KG_EXEC_KILLED;
	precious_send(event, scratch->length & (KG_SCRATCH_WRITABLE - 1));
	kg_put_scratch(scratch);
	return 0;
}
