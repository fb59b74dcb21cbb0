// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Times of a file set by hand: utimensat and its elders. */

#define KG_NR_UTIME 132
#define KG_NR_UTIMES 235
#define KG_NR_FUTIMESAT 261
#define KG_NR_UTIMENSAT 280
#define KG_UTIME_NOW 0x3fffffff		/* linux/stat.h */
#define KG_UTIME_OMIT 0x3ffffffe
#define KG_TIME_NOW 0x7fffffffffffffffLL	/* what stands for these in the event */
#define KG_TIME_LEFT (-KG_TIME_NOW - 1)
#define KG_TIME_MOST 9000000000LL	/* seconds: more, in either direction, is cut to this (the year 2255) */

/* Nanoseconds since 1970. */
static __always_inline __s64 kg_file_time(__s64 seconds, __u32 fraction, __u32 scale)
{
	if (seconds > KG_TIME_MOST)
		seconds = KG_TIME_MOST;
	if (seconds < -KG_TIME_MOST)
		seconds = -KG_TIME_MOST;
	return seconds * 1000000000 + (__u64)fraction * scale;
}

/* The one INDEX times of an array in the caller's memory; SCALE: nanoseconds of a fraction, 0: it has none. */
static __always_inline __s64 kg_user_time(struct kg_args *args, __u64 address, int index, __u32 scale)
{
	int word = kg_wide_times(args) ? 8 : 4;
	int words = scale ? 2 : 1;
	__u32 fraction;
	__s64 seconds;

	if (!address)
		return KG_TIME_NOW;
	address += index * words * word;
	seconds = word == 8 ? (__s64)kg_user_u64(address) : (__s32)kg_user_u32(address);
	fraction = scale ? kg_user_u32(address + word) : 0;
	if (args->number == KG_NR_UTIMENSAT && fraction == KG_UTIME_NOW)
		return KG_TIME_NOW;
	if (args->number == KG_NR_UTIMENSAT && fraction == KG_UTIME_OMIT)
		return KG_TIME_LEFT;
	return kg_file_time(seconds, fraction, scale);
}

/* Bulk: whoever unpacks an archive does it for each file. */
KG_CALL_GROUP(times)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	call->event_class = 0;
	switch (args->number) {
	case KG_NR_UTIMENSAT:
		kg_shape(call, 6, 1);
		kg_int(scratch, 0);
		kg_int(scratch, 3);
		call->argument[4] = kg_user_time(args, args->arg[2], 0, 1);
		call->argument[5] = kg_user_time(args, args->arg[2], 1, 1);
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		break;
	case KG_NR_FUTIMESAT:
		kg_shape(call, 5, 1);
		kg_int(scratch, 0);
		call->argument[3] = kg_user_time(args, args->arg[2], 0, 1000);
		call->argument[4] = kg_user_time(args, args->arg[2], 1, 1000);
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		break;
	case KG_NR_UTIMES:
		kg_shape(call, 4, 1);
		call->argument[2] = kg_user_time(args, args->arg[1], 0, 1000);
		call->argument[3] = kg_user_time(args, args->arg[1], 1, 1000);
		kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		break;
	case KG_NR_UTIME:
		kg_shape(call, 4, 1);
		call->argument[2] = kg_user_time(args, args->arg[1], 0, 0);
		call->argument[3] = kg_user_time(args, args->arg[1], 1, 0);
		kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		break;
	}
	kg_send_call(scratch);
}
