// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Files by handle: open_by_handle_at reaches any file of a file system, also outside of the container's root. */

#define KG_NR_NAME_TO_HANDLE_AT 303
#define KG_NR_OPEN_BY_HANDLE_AT 304

KG_CALL_GROUP(handle)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_NAME_TO_HANDLE_AT:	/* init systems ask it which mount a path is on */
		call->event_class = 0;
		kg_shape(call, 5, 1);
		kg_int(scratch, 0);
		kg_int(scratch, 4);
		kg_path_text(scratch, 0, args->arg[0], args->arg[1]);
		break;
	case KG_NR_OPEN_BY_HANDLE_AT:
		kg_shape(call, 3, 2);
		kg_int(scratch, 0);
		kg_int(scratch, 2);
		kg_descriptor_text(scratch, 0, args->arg[0]);
		kg_descriptor_text(scratch, 1, result);
		break;
	}
	kg_send_call(scratch);
}
