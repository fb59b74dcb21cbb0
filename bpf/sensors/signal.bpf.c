// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Signals to other processes, as far as they end, stop or command. */

#define KG_NR_KILL 62
#define KG_NR_RT_SIGQUEUEINFO 129
#define KG_NR_TKILL 200
#define KG_NR_TGKILL 234
#define KG_NR_RT_TGSIGQUEUEINFO 297
#define KG_NR_PIDFD_SEND_SIGNAL 424

/*
 * Signals with which servers talk to each other thousands of times a second: USR1, USR2, PIPE, ALRM, STKFLT, CHLD, CONT,
 * URG to PWR. What is left ends or stops a process, or is a real-time one, which rootkits take as commands.
 */
#define KG_SIGNAL(number) (1ULL << ((number) - 1))
#define KG_SIGNALS_QUIET (KG_SIGNAL(10) | KG_SIGNAL(12) | KG_SIGNAL(13) | KG_SIGNAL(14) | KG_SIGNAL(16) | \
			  KG_SIGNAL(17) | KG_SIGNAL(18) | 0xffULL << 22)

KG_CALL_GROUP(signal)
{
	struct kg_args *args = &scratch->args;
	bool to_thread = args->number == KG_NR_TGKILL || args->number == KG_NR_RT_TGSIGQUEUEINFO;
	__u32 signal = to_thread ? args->arg[2] : args->arg[1];

	if (signal < 1 || signal > 64 || KG_SIGNALS_QUIET >> (signal - 1) & 1)
		return;
	struct kg_call *call = kg_begin_call(scratch, result);
	kg_int(scratch, 0);
	kg_int(scratch, 1);
	switch (args->number) {
	case KG_NR_KILL:
	case KG_NR_TKILL:
		kg_shape(call, 2, 0);
		break;
	case KG_NR_RT_SIGQUEUEINFO:
		kg_shape(call, 3, 0);
		break;
	case KG_NR_TGKILL:
		kg_shape(call, 3, 0);
		kg_int(scratch, 2);
		break;
	case KG_NR_RT_TGSIGQUEUEINFO:
		kg_shape(call, 4, 0);
		kg_int(scratch, 2);
		break;
	case KG_NR_PIDFD_SEND_SIGNAL:
		kg_shape(call, 4, 0);
		kg_uint(scratch, 3);
		break;
	}
	if (args->number == KG_NR_PIDFD_SEND_SIGNAL)
		kg_target(call, kg_pidfd_pid(args->arg[0]));
	else
		kg_target(call, kg_find_pid(to_thread ? args->arg[1] : args->arg[0]));
	/* A runtime also signals its own threads so. */
	if (call->target_pid != call->header.pid || call->target_start_time != call->header.start_time)
		kg_send_call(scratch);
}
