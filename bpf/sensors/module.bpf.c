// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Other code for the kernel: modules, and another kernel. */

#define KG_NR_INIT_MODULE 175
#define KG_NR_DELETE_MODULE 176
#define KG_NR_KEXEC_LOAD 246
#define KG_NR_FINIT_MODULE 313
#define KG_NR_KEXEC_FILE_LOAD 320
#define KG_MODULE_NAME_MAX 64

KG_CALL_GROUP(module)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	struct kg_args *args = &scratch->args;

	switch (args->number) {
	case KG_NR_INIT_MODULE:
		kg_shape(call, 3, 1);
		kg_long(scratch, 1);
		kg_text(scratch, 0, args->arg[2], KG_TEXT_MAX);
		break;
	case KG_NR_FINIT_MODULE:
		kg_shape(call, 3, 2);
		kg_int(scratch, 0);
		kg_int(scratch, 2);
		kg_descriptor_text(scratch, 0, args->arg[0]);
		kg_text(scratch, 1, args->arg[1], KG_TEXT_MAX);
		break;
	case KG_NR_DELETE_MODULE:
		kg_shape(call, 2, 1);
		kg_uint(scratch, 1);
		kg_text(scratch, 0, args->arg[0], KG_MODULE_NAME_MAX);
		break;
	case KG_NR_KEXEC_LOAD:
		kg_shape(call, 4, 0);
		kg_long(scratch, 0);
		kg_long(scratch, 1);
		kg_long(scratch, 3);
		break;
	case KG_NR_KEXEC_FILE_LOAD:
		kg_shape(call, 5, 3);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		kg_long(scratch, 2);
		kg_long(scratch, 4);
		kg_descriptor_text(scratch, 0, args->arg[0]);
		kg_descriptor_text(scratch, 1, args->arg[1]);
		kg_text(scratch, 2, args->arg[3], KG_TEXT_MAX);
		break;
	}
	kg_send_call(scratch);
}
