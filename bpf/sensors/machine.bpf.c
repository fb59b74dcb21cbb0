// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What concerns the whole machine: restart, swap, clock, accounting, kernel log, I/O ports, its names. */

#define KG_NR_SYSLOG 103
#define KG_NR_ACCT 163
#define KG_NR_SETTIMEOFDAY 164
#define KG_NR_SWAPON 167
#define KG_NR_SWAPOFF 168
#define KG_NR_REBOOT 169
#define KG_NR_SETHOSTNAME 170
#define KG_NR_SETDOMAINNAME 171
#define KG_NR_IOPL 172
#define KG_NR_IOPERM 173
#define KG_NR_CLOCK_SETTIME 227
#define KG_HOST_NAME_MAX 66	/* __NEW_UTS_LEN, its NUL, and one more: a full one shall not look cut */

/* Of a timeval or timespec. */
static __always_inline __s64 kg_user_seconds(struct kg_args *args, __u64 address)
{
	return kg_wide_times(args) ? (__s64)kg_user_u64(address) : (__s32)kg_user_u32(address);
}

KG_CALL_GROUP(machine)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_REBOOT:
		kg_shape(call, 4, 0);
		kg_uint(scratch, 0);
		kg_uint(scratch, 1);
		kg_uint(scratch, 2);
		break;
	case KG_NR_SWAPON:
		kg_shape(call, 2, 1);
		kg_int(scratch, 1);
		kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		break;
	case KG_NR_SWAPOFF:
	case KG_NR_ACCT:
		kg_shape(call, 1, 1);
		kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		break;
	case KG_NR_SETTIMEOFDAY:
		kg_shape(call, 3, 0);
		call->argument[2] = kg_user_seconds(args, args->arg[0]);
		break;
	case KG_NR_CLOCK_SETTIME:
		kg_shape(call, 3, 0);
		kg_int(scratch, 0);
		call->argument[2] = kg_user_seconds(args, args->arg[1]);
		break;
	case KG_NR_SETHOSTNAME:
	case KG_NR_SETDOMAINNAME:
		kg_shape(call, 2, 1);
		kg_int(scratch, 1);
		kg_text(scratch, 0, args->arg[0], KG_HOST_NAME_MAX);
		break;
	case KG_NR_SYSLOG:
		kg_shape(call, 3, 0);
		kg_int(scratch, 0);
		kg_int(scratch, 2);
		break;
	case KG_NR_IOPL:
		kg_shape(call, 1, 0);
		kg_uint(scratch, 0);
		break;
	case KG_NR_IOPERM:
		kg_shape(call, 3, 0);
		kg_long(scratch, 0);
		kg_long(scratch, 1);
		kg_int(scratch, 2);
		break;
	}
	kg_send_call(scratch);
}
