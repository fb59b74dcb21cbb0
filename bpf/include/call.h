/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * System calls: which are looked at, and their arguments however the call was made. A sensor of system calls is a
 * KG_CALL_GROUP, and rows in io.kubeguardian.collector.sensor.SystemCalls that say which numbers lead to it.
 */
#ifndef KG_CALL_H
#define KG_CALL_H

#ifndef __TARGET_ARCH_x86
#error "system-call numbers are those of x86-64"
#endif

#define KG_CALLS 512
#define KG_TS_COMPAT 2		/* thread_info.status: entered as a 32-bit call (asm/thread_info.h) */
#define KG_X32_BIT 0x40000000	/* __X32_SYSCALL_BIT */
#define KG_NR32_SOCKETCALL 102
#define KG_NO_CALL 0xffff

/* What call_wanted says: the group's program is to be reached for 64-bit calls, for 32-bit ones. */
#define KG_WANTED 1
#define KG_WANTED_COMPAT 2

/* Set before load: by number of x86-64 which calls a group wants; by number of i386 that of x86-64. */
const volatile __u8 call_wanted[KG_CALLS] SEC(".rodata.wanted") = {};
const volatile __u16 call_of_i386[KG_CALLS] SEC(".rodata.i386") = {};

/* By number of x86-64: the group's program. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, KG_CALLS);
	__type(key, __u32);
	__type(value, __u32);
} calls SEC(".maps");

/* The calls that i386 makes through socketcall(2), by their number there (linux/net.h), as numbers of x86-64. */
static const __u16 socketcalls[] = {
	KG_NO_CALL, 41, 49, 42, 50, 43, 51, 52, 53, KG_NO_CALL, KG_NO_CALL,
	44, 45, 48, 54, 55, 46, 47, 288, 299, 307,
};

static __always_inline bool kg_is_compat(struct task_struct *task)
{
	return task->thread_info.status & KG_TS_COMPAT;
}

/* The call's number as x86-64 counts; KG_NO_CALL when it has none there. */
static __always_inline __u32 kg_call_number(struct pt_regs *regs, bool compat)
{
	__u64 number = regs->orig_ax;

	if (!compat) {
		number &= ~(__u64)KG_X32_BIT;
		return number < KG_CALLS ? number : KG_NO_CALL;
	}
	if (number == KG_NR32_SOCKETCALL) {
		__u32 call = regs->bx;
		return call < sizeof(socketcalls) / sizeof(socketcalls[0]) ? socketcalls[call] : KG_NO_CALL;
	}
	return number < KG_CALLS ? call_of_i386[number] : KG_NO_CALL;
}

/* Arguments of the call that is just ending: in the saved registers, which the call itself does not change. */
static __always_inline void kg_read_args(struct kg_args *args, struct pt_regs *regs)
{
	bool compat = kg_is_compat(bpf_get_current_task_btf());

	args->compat = compat ? regs->orig_ax : 0;
	args->number = kg_call_number(regs, compat);
	if (!compat) {
		args->arg[0] = regs->di;
		args->arg[1] = regs->si;
		args->arg[2] = regs->dx;
		args->arg[3] = regs->r10;
		args->arg[4] = regs->r8;
		args->arg[5] = regs->r9;
	} else if (regs->orig_ax == KG_NR32_SOCKETCALL) {
		__u32 words[6] = {};

		bpf_probe_read_user(words, sizeof(words), (void *)(__u64)(__u32)regs->cx);
		for (int i = 0; i < 6; i++)
			args->arg[i] = words[i];
	} else {
		args->arg[0] = (__u32)regs->bx;
		args->arg[1] = (__u32)regs->cx;
		args->arg[2] = (__u32)regs->dx;
		args->arg[3] = (__u32)regs->si;
		args->arg[4] = (__u32)regs->di;
		args->arg[5] = (__u32)regs->bp;
	}
}

/*
 * Whether the times that the call is given have words of 64 bits: in 32-bit calls those of the newer form, which came with
 * Linux 5.1 and numbers from 403 (clock_gettime64) to 421 (rt_sigtimedwait_time64).
 */
static __always_inline bool kg_wide_times(const struct kg_args *args)
{
	return !args->compat || (args->compat >= 403 && args->compat <= 421);
}

/* Arguments into scratch, and the group's handler. */
#define KG_RUN_GROUP(group, regs, result)                                                                 \
	{                                                                                                 \
		struct kg_scratch *scratch = kg_get_scratch();                                            \
		if (!scratch)                                                                             \
			return 0;                                                                         \
		kg_read_args(&scratch->args, regs);                                                       \
		kg_handle_##group(scratch, result);                                                       \
		kg_put_scratch(scratch);                                                                  \
		return 0;                                                                                 \
	}

/*
 * Declares the program of a group of system calls; the body that follows handles one call: it finds the arguments in
 * scratch->args, and the rest of scratch free.
 */
#define KG_CALL_GROUP(group)                                                                              \
	static __always_inline void kg_handle_##group(struct kg_scratch *scratch, long result);           \
	SEC("tp_btf/sys_exit")                                                                            \
	int BPF_PROG(kg_call_##group, struct pt_regs *regs, long result)                                  \
	KG_RUN_GROUP(group, regs, result)                                                                 \
	static __always_inline void kg_handle_##group(struct kg_scratch *scratch, long result)

/*
 * The other way to a group: on the kernel function of one of its calls, for 64-bit programs. Loads on fewer kernels, but
 * what is hooked is that call alone. After the group's body.
 */
#define KG_CALL_FEXIT(group, call)                                                                        \
	SEC("fexit/__x64_sys_" #call)                                                                     \
	int BPF_PROG(kg_fexit_##call, struct pt_regs *regs, long result)                                  \
	{                                                                                                 \
		if (!kg_monitored())                                                                      \
			return 0;                                                                         \
		KG_RUN_GROUP(group, regs, result)                                                         \
	}

#endif
