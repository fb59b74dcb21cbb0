// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* File systems are mounted, moved, changed or taken away. */

#define KG_NR_MOUNT 165
#define KG_NR_UMOUNT2 166
#define KG_NR_OPEN_TREE 428
#define KG_NR_MOVE_MOUNT 429
#define KG_NR_FSOPEN 430
#define KG_NR_FSCONFIG 431
#define KG_NR_FSMOUNT 432
#define KG_NR_FSPICK 433
#define KG_NR_MOUNT_SETATTR 442
#define KG_MS_BIND 4096
#define KG_MS_MOVE 8192
#define KG_FSCONFIG_SET_STRING 1
#define KG_FSTYPE_MAX 64

KG_CALL_GROUP(mount)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_MOUNT:
		kg_shape(call, 5, 4);
		kg_long(scratch, 3);
		if (args->arg[3] & (KG_MS_BIND | KG_MS_MOVE))
			kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		else	/* a device, or whatever the file system makes of it */
			kg_text(scratch, 0, args->arg[0], KG_TEXT_MAX);
		kg_path_text(scratch, 1, KG_AT_FDCWD, args->arg[1]);
		kg_text(scratch, 2, args->arg[2], KG_FSTYPE_MAX);
		kg_text(scratch, 3, args->arg[4], KG_TEXT_MAX);
		break;
	case KG_NR_UMOUNT2:
		kg_shape(call, 2, 1);
		kg_int(scratch, 1);
		kg_path_text(scratch, 0, KG_AT_FDCWD, args->arg[0]);
		break;
	case KG_NR_OPEN_TREE:
	case KG_NR_FSPICK:
		kg_shape(call, 3, 1);
		kg_int(scratch, 0);
		kg_uint(scratch, 2);
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		break;
	case KG_NR_MOVE_MOUNT:
		kg_shape(call, 5, 2);
		kg_int(scratch, 0);
		kg_int(scratch, 2);
		kg_uint(scratch, 4);
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		kg_path_text(scratch, 1, args->arg[2], args->arg[3]);
		break;
	case KG_NR_FSOPEN:
		kg_shape(call, 2, 1);
		kg_uint(scratch, 1);
		kg_text(scratch, 0, args->arg[0], KG_FSTYPE_MAX);
		break;
	case KG_NR_FSCONFIG:
		kg_shape(call, 5, 2);
		kg_int(scratch, 0);
		kg_uint(scratch, 1);
		kg_int(scratch, 4);
		kg_text(scratch, 0, args->arg[2], KG_TEXT_MAX);
		if ((__u32)args->arg[1] == KG_FSCONFIG_SET_STRING)
			kg_text(scratch, 1, args->arg[3], KG_TEXT_MAX);
		break;
	case KG_NR_FSMOUNT:
		kg_shape(call, 3, 0);
		kg_int(scratch, 0);
		kg_uint(scratch, 1);
		kg_uint(scratch, 2);
		break;
	case KG_NR_MOUNT_SETATTR:	/* then of struct mount_attr: set, cleared, propagation */
		kg_shape(call, 8, 1);
		kg_int(scratch, 0);
		kg_uint(scratch, 2);
		kg_long(scratch, 4);
		call->argument[5] = kg_user_u64(args->arg[3] + offsetof(struct mount_attr, attr_set));
		call->argument[6] = kg_user_u64(args->arg[3] + offsetof(struct mount_attr, attr_clr));
		call->argument[7] = kg_user_u64(args->arg[3] + offsetof(struct mount_attr, propagation));
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		break;
	}
	kg_send_call(scratch);
}
