// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* System calls: one program for all, so that a call nobody asked for costs a comparison or two. */

/*
 * sys_exit alone: it has the result, and the arguments are still in the saved registers (of those only rcx and r11 are
 * lost, and rax, which orig_ax keeps; 32-bit calls keep rcx). A hook on sys_enter would double the cost and add a map
 * to carry them over. The groups' own programs are reached by tail call: each is verified by itself, and a kernel that
 * refuses one still runs the others.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(kg_sys_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = kg_is_compat(task);
	__u32 number = kg_call_number(regs, compat);

	__u8 wanted = compat ? KG_WANTED_COMPAT : KG_WANTED;

	if (number >= KG_CALLS || !(settings.count_calls || call_wanted[number] & wanted) || !kg_monitored())
		return 0;
	if (settings.count_calls) {
		kg_count_call(number);
		if (!(call_wanted[number] & wanted))
			return 0;
	}
	bpf_tail_call(ctx, &calls, number);
	return 0;
}
