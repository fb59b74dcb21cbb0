// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A process reaches into another one: traces it, reads or writes its memory, takes its descriptors. */

#define KG_NR_PTRACE 101
#define KG_NR_PROCESS_VM_READV 310
#define KG_NR_PROCESS_VM_WRITEV 311
#define KG_NR_PIDFD_GETFD 438
#define KG_PTRACE_SETREGSET 0x4205
#define KG_PTRACE_SEIZE 0x4206

/* PTRACE_TRACEME, _POKETEXT, _POKEDATA, _POKEUSR, _SETREGS, _SETFPREGS, _ATTACH: the rest is a debugger at work. */
#define KG_PTRACE_CHANGES (1ULL << 0 | 1ULL << 4 | 1ULL << 5 | 1ULL << 6 | 1ULL << 13 | 1ULL << 15 | 1ULL << 16)

static __always_inline __u32 kg_ptrace_class(__u64 request)
{
	return request < 64 ? KG_PTRACE_CHANGES >> request & 1
			    : request == KG_PTRACE_SETREGSET || request == KG_PTRACE_SEIZE;
}

KG_CALL_GROUP(process)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_PTRACE:
		kg_shape(call, 4, 0);
		kg_long(scratch, 0);
		kg_int(scratch, 1);
		kg_long(scratch, 2);
		call->event_class = kg_ptrace_class(args->arg[0]);
		kg_target(call, kg_find_pid(args->arg[1]));
		break;
	case KG_NR_PROCESS_VM_READV:	/* what profilers do all day */
	case KG_NR_PROCESS_VM_WRITEV:
		kg_shape(call, 6, 0);
		kg_int(scratch, 0);
		kg_long(scratch, 2);
		kg_long(scratch, 4);
		kg_long(scratch, 5);
		call->event_class = args->number == KG_NR_PROCESS_VM_WRITEV;
		kg_target(call, kg_find_pid(args->arg[0]));
		break;
	case KG_NR_PIDFD_GETFD:
		kg_shape(call, 3, 1);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		kg_uint(scratch, 2);
		kg_target(call, kg_pidfd_pid(args->arg[0]));
		kg_descriptor_text(scratch, 0, result);
		break;
	}
	kg_send_call(scratch);
}
