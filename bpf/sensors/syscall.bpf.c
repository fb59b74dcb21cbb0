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

/* Of 32-bit calls, which a 64-bit program can make as well (int 0x80): the numbers and registers of i386. */
#define KG_NR32_OPEN 5
#define KG_NR32_CREAT 8
#define KG_NR32_SOCKETCALL 102
#define KG_NR32_OPENAT 295
#define KG_NR32_CONNECT 362
#define KG_NR32_OPENAT2 437
#define KG_SOCKETCALL_CONNECT 3	/* SYS_CONNECT of linux/net.h */
#define KG_TS_COMPAT 2	/* thread_info.status: entered as a 32-bit call */

static __always_inline int kg_on_openat2(int directory, const char *path, const void *how_pointer, long result)
{
	struct open_how how = {};

	bpf_probe_read_user(&how, sizeof(how), how_pointer);
	return kg_on_open(directory, path, how.flags, how.mode, result);
}

/* socketcall: the call's number, then its arguments in the caller's memory. */
static __always_inline int kg_on_socketcall(__u32 call, const void *pointer, long result)
{
	__u32 arguments[3] = {};

	if (call != KG_SOCKETCALL_CONNECT)
		return 0;
	bpf_probe_read_user(arguments, sizeof(arguments), pointer);
	return kg_on_connect((const void *)(__u64)arguments[1], arguments[2], result);
}

#define KG_ARG32(register) ((__u64)(__u32)(register))

static __always_inline int kg_sys_exit32(struct pt_regs *regs, long result)
{
	switch (regs->orig_ax) {
	case KG_NR32_OPEN:
		return kg_on_open(KG_AT_FDCWD, (const char *)KG_ARG32(regs->bx), regs->cx, regs->dx, result);
	case KG_NR32_CREAT:
		return kg_on_open(KG_AT_FDCWD, (const char *)KG_ARG32(regs->bx), KG_O_CREAT_WRONLY_TRUNC, regs->cx,
				  result);
	case KG_NR32_OPENAT:
		return kg_on_open(regs->bx, (const char *)KG_ARG32(regs->cx), regs->dx, regs->si, result);
	case KG_NR32_OPENAT2:
		return kg_on_openat2(regs->bx, (const char *)KG_ARG32(regs->cx), (const void *)KG_ARG32(regs->dx),
				     result);
	case KG_NR32_CONNECT:
		return kg_on_connect((const void *)KG_ARG32(regs->cx), regs->dx, result);
	case KG_NR32_SOCKETCALL:
		return kg_on_socketcall(regs->bx, (const void *)KG_ARG32(regs->cx), result);
	}
	return 0;
}

/*
 * sys_exit alone: it has the result, and the arguments are still in the saved registers (of those only rcx and r11 are
 * lost, and rax, which orig_ax keeps; 32-bit calls keep rcx). A hook on sys_enter would double the cost and add a map
 * to carry them over.
 */
SEC("tp_btf/sys_exit")
int BPF_PROG(kg_sys_exit, struct pt_regs *regs, long result)
{
	__u64 number = regs->orig_ax;
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->thread_info.status & KG_TS_COMPAT)
		return kg_monitored() ? kg_sys_exit32(regs, result) : 0;
	if (number != KG_NR_OPENAT && number != KG_NR_OPEN && number != KG_NR_CONNECT && number != KG_NR_CREAT &&
	    number != KG_NR_OPENAT2)
		return 0;
	if (!kg_monitored())
		return 0;
	switch (number) {
	case KG_NR_CONNECT:
		return kg_on_connect((const void *)regs->si, (int)regs->dx, result);
	case KG_NR_OPEN:
		return kg_on_open(KG_AT_FDCWD, (const char *)regs->di, regs->si, regs->dx, result);
	case KG_NR_CREAT:
		return kg_on_open(KG_AT_FDCWD, (const char *)regs->di, KG_O_CREAT_WRONLY_TRUNC, regs->si, result);
	case KG_NR_OPENAT:
		return kg_on_open(regs->di, (const char *)regs->si, regs->dx, regs->r10, result);
	}
	return kg_on_openat2(regs->di, (const char *)regs->si, (const void *)regs->dx, result);
}
