// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Kernel objects behind a descriptor that give more power than a file: BPF, perf, io_uring, userfaultfd, memfd; keys. */

#define KG_NR_ADD_KEY 248
#define KG_NR_REQUEST_KEY 249
#define KG_NR_KEYCTL 250
#define KG_NR_PERF_EVENT_OPEN 298
#define KG_NR_MEMFD_CREATE 319
#define KG_NR_BPF 321
#define KG_NR_USERFAULTFD 323
#define KG_NR_IO_URING_SETUP 425
#define KG_OBJECT_NAME_MAX 256	/* memfd_create takes 249 bytes */
#define KG_KEY_TYPE_MAX 32
#define KG_BPF_NAME_MAX 17	/* BPF_OBJ_NAME_LEN, and one more: a full one shall not look cut */

/* BPF_MAP_…_ELEM, _GET_NEXT_KEY, _LOOKUP_AND_DELETE_ELEM, the four of _BATCH: a loader reads its maps with them. */
#define KG_BPF_ELEMENTS (1ULL << 1 | 1ULL << 2 | 1ULL << 3 | 1ULL << 4 | 1ULL << 21 | 0xfULL << 24)

/* What the command is about: fields of union bpf_attr (linux/bpf.h), which have no names of their own there. */
static __always_inline void kg_bpf_command(struct kg_scratch *scratch, struct kg_call *call)
{
	__u32 command = scratch->args.arg[0];
	__u64 attr = scratch->args.arg[1];

	switch (command) {
	case BPF_MAP_CREATE:
		call->argument[3] = kg_user_u32(attr + offsetof(union bpf_attr, map_type));
		kg_text(scratch, 0, attr + offsetof(union bpf_attr, map_name), KG_BPF_NAME_MAX);
		break;
	case BPF_PROG_LOAD:
		call->argument[3] = kg_user_u32(attr + offsetof(union bpf_attr, prog_type));
		kg_text(scratch, 0, attr + offsetof(union bpf_attr, prog_name), KG_BPF_NAME_MAX);
		break;
	case BPF_PROG_ATTACH:
	case BPF_PROG_DETACH:
	case BPF_LINK_CREATE:
		call->argument[3] = kg_user_u32(attr + offsetof(union bpf_attr, attach_type));
		break;
	case BPF_OBJ_PIN:
	case BPF_OBJ_GET:
		kg_path_text(scratch, 0, KG_AT_FDCWD, kg_user_u64(attr + offsetof(union bpf_attr, pathname)));
		break;
	case BPF_RAW_TRACEPOINT_OPEN:
		kg_text(scratch, 0, kg_user_u64(attr + offsetof(union bpf_attr, raw_tracepoint.name)), KG_OBJECT_NAME_MAX);
		break;
	}
	call->event_class = command > 63 || !(KG_BPF_ELEMENTS >> command & 1);
}

KG_CALL_GROUP(object)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_BPF:
		kg_shape(call, 4, 1);
		kg_int(scratch, 0);
		kg_uint(scratch, 2);
		kg_bpf_command(scratch, call);
		break;
	case KG_NR_PERF_EVENT_OPEN:	/* then of struct perf_event_attr: type, config */
		kg_shape(call, 7, 0);
		kg_int(scratch, 1);
		kg_int(scratch, 2);
		kg_int(scratch, 3);
		kg_long(scratch, 4);
		call->argument[5] = kg_user_u32(args->arg[0] + offsetof(struct perf_event_attr, type));
		call->argument[6] = kg_user_u64(args->arg[0] + offsetof(struct perf_event_attr, config));
		kg_target(call, kg_find_pid(args->arg[1]));
		break;
	case KG_NR_IO_URING_SETUP:	/* then of struct io_uring_params: flags */
		kg_shape(call, 3, 0);
		kg_uint(scratch, 0);
		call->argument[2] = kg_user_u32(args->arg[1] + offsetof(struct io_uring_params, flags));
		break;
	case KG_NR_USERFAULTFD:
		kg_shape(call, 1, 0);
		kg_int(scratch, 0);
		break;
	case KG_NR_MEMFD_CREATE:
		kg_shape(call, 2, 1);
		kg_uint(scratch, 1);
		kg_text(scratch, 0, args->arg[0], KG_OBJECT_NAME_MAX);
		break;
	case KG_NR_ADD_KEY:	/* never the key itself */
		kg_shape(call, 5, 2);
		kg_long(scratch, 3);
		kg_int(scratch, 4);
		kg_text(scratch, 0, args->arg[0], KG_KEY_TYPE_MAX);
		kg_text(scratch, 1, args->arg[1], KG_OBJECT_NAME_MAX);
		break;
	case KG_NR_REQUEST_KEY:
		kg_shape(call, 4, 2);
		kg_int(scratch, 3);
		kg_text(scratch, 0, args->arg[0], KG_KEY_TYPE_MAX);
		kg_text(scratch, 1, args->arg[1], KG_OBJECT_NAME_MAX);
		break;
	case KG_NR_KEYCTL:
		kg_shape(call, 2, 0);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		break;
	}
	kg_send_call(scratch);
}
