// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* System calls: one program for all, so that a call nobody asked for costs a few loads and comparisons. */


/*
 * Whether the current task is monitored, as this CPU remembers it. A cgroup's place never changes, and its id is never
 * used again.
 */
static __always_inline bool kg_is_inside(struct kg_cpu *cpu, __u64 cgroup)
{
	if (cgroup == cpu->cgroup)
		return true;
	return cgroup != cpu->outside && kg_come_to(cpu, cgroup);
}

/*
 * sys_exit alone: it has the result, and the arguments are still in the saved registers (of those only rcx and r11 are
 * lost, and rax, which orig_ax keeps; 32-bit calls keep rcx). A hook on sys_enter would double the cost and add a map
 * to carry them over. The groups' own programs are reached by tail call: each is verified by itself, and a kernel that
 * refuses one still runs the others. That of opens, which are most, by one to a fixed place: a direct jump, where the
 * others' is an indirect one, which processors with retpolines cannot foresee.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(kg_sys_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = kg_is_compat(task);
	__u32 number = kg_call_number(regs, compat);
	__u32 zero = 0;
	struct kg_cpu *cpu;
	bool wanted;

	if (number >= KG_CALLS)
		return 0;
	wanted = call_wanted[number] & (compat ? KG_WANTED_COMPAT : KG_WANTED);
	if (!settings.count_calls && !wanted)
		return 0;
	cpu = bpf_map_lookup_elem(&cpus, &zero);
	if (!cpu || !kg_is_inside(cpu, kg_cgroup_id(task)))
		return 0;
	if (settings.count_calls)
		kg_count_call(cpu, number);
	if (!wanted)
		return 0;
	if (number == KG_NR_OPENAT)
		bpf_tail_call_static(ctx, &calls, KG_NR_OPENAT);
	bpf_tail_call(ctx, &calls, number);
	return 0;
}
