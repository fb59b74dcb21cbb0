// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* System calls: one program for all, so that a call nobody asked for costs one comparison. */

#ifndef __TARGET_ARCH_x86
#error "system-call numbers are those of x86-64"
#endif
#define KG_NR_OPEN 2
#define KG_NR_CONNECT 42
#define KG_NR_CREAT 85
#define KG_NR_OPENAT 257
#define KG_NR_OPENAT2 437
#define KG_TS_COMPAT 2	/* thread_info.status: entered as a 32-bit call, whose numbers are others */

/*
 * sys_exit alone: it has the result, and the arguments are still in the saved registers (of those only rcx and r11 are
 * lost, and rax, which orig_ax keeps). A hook on sys_enter would double the cost and add a map to carry them over.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(kg_sys_exit, struct pt_regs *regs, long result)
{
	__u64 number = regs->orig_ax;

	if (number != KG_NR_OPENAT && number != KG_NR_OPEN && number != KG_NR_CONNECT && number != KG_NR_CREAT &&
	    number != KG_NR_OPENAT2)
		return 0;
	if (!kg_monitored())
		return 0;
	struct task_struct *task = (void *)bpf_get_current_task();
	if (BPF_CORE_READ(task, thread_info.status) & KG_TS_COMPAT)
		return 0;

	int directory = KG_AT_FDCWD;
	const char *path = (const char *)regs->di;
	__u32 flags;
	__u32 mode;

	switch (number) {
	case KG_NR_CONNECT:
		return kg_on_connect((const void *)regs->si, (int)regs->dx, result);
	case KG_NR_OPEN:
		flags = regs->si;
		mode = regs->dx;
		break;
	case KG_NR_CREAT:
		flags = KG_O_CREAT_WRONLY_TRUNC;
		mode = regs->si;
		break;
	case KG_NR_OPENAT:
		directory = regs->di;
		path = (const char *)regs->si;
		flags = regs->dx;
		mode = regs->r10;
		break;
	default: {
		struct open_how how = {};

		directory = regs->di;
		path = (const char *)regs->si;
		bpf_probe_read_user(&how, sizeof(how), (const void *)regs->dx);
		flags = how.flags;
		mode = how.mode;
	}
	}
	return kg_on_open(directory, path, flags, mode, result);
}
