// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* What a process may do changes: its users and groups, capabilities, seccomp filter and the like. */

#define KG_NR_SETUID 105
#define KG_NR_SETGID 106
#define KG_NR_SETREUID 113
#define KG_NR_SETREGID 114
#define KG_NR_SETGROUPS 116
#define KG_NR_SETRESUID 117
#define KG_NR_SETRESGID 119
#define KG_NR_SETFSUID 122
#define KG_NR_SETFSGID 123
#define KG_NR_CAPSET 126
#define KG_NR_PERSONALITY 135
#define KG_NR_PRCTL 157
#define KG_NR_SECCOMP 317
#define KG_CAPABILITY_VERSION_1 0x19980330	/* linux/capability.h: 32 capabilities; later ones have 64 */
#define KG_PR_SET_PTRACER 0x59616d61

/* PR_SET_DUMPABLE, _KEEPCAPS, _SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, _MM, _NO_NEW_PRIVS, PR_CAP_AMBIENT. */
#define KG_PRCTL_TOLD (1ULL << 4 | 1ULL << 8 | 1ULL << 22 | 1ULL << 24 | 1ULL << 28 | 1ULL << 35 | 1ULL << 38 | 1ULL << 47)

/* Of two words, each of struct __user_cap_data_struct in turn. */
static __always_inline void kg_capability_sets(struct kg_call *call, __u64 header, __u64 data)
{
	struct __user_cap_data_struct sets[2] = {};
	bool wide = kg_user_u32(header) != KG_CAPABILITY_VERSION_1;

	bpf_probe_read_user(sets, wide ? sizeof(sets) : sizeof(sets[0]), (void *)data);
	call->argument[2] = sets[0].effective | (__u64)sets[1].effective << 32;
	call->argument[3] = sets[0].permitted | (__u64)sets[1].permitted << 32;
	call->argument[4] = sets[0].inheritable | (__u64)sets[1].inheritable << 32;
}

KG_CALL_GROUP(privilege)
{
	struct kg_call *call = kg_begin_call(scratch, result);
	__u32 option = scratch->args.arg[0];

	switch (scratch->args.number) {
	case KG_NR_SETFSUID:	/* a file server changes them with every request */
	case KG_NR_SETFSGID:
		call->event_class = 0;
	case KG_NR_SETUID:
	case KG_NR_SETGID:
		kg_shape(call, 1, 0);
		kg_int(scratch, 0);
		break;
	case KG_NR_SETREUID:
	case KG_NR_SETREGID:
		kg_shape(call, 2, 0);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		break;
	case KG_NR_SETRESUID:
	case KG_NR_SETRESGID:
		kg_shape(call, 3, 0);
		kg_int(scratch, 0);
		kg_int(scratch, 1);
		kg_int(scratch, 2);
		break;
	case KG_NR_SETGROUPS:
		kg_shape(call, 2, 0);
		kg_int(scratch, 0);
		break;
	case KG_NR_CAPSET:
		kg_shape(call, 5, 0);
		kg_capability_sets(call, scratch->args.arg[0], scratch->args.arg[1]);
		break;
	case KG_NR_PERSONALITY:
		kg_shape(call, 1, 0);
		kg_uint(scratch, 0);
		break;
	case KG_NR_SECCOMP:
		kg_shape(call, 3, 0);
		kg_uint(scratch, 0);
		kg_uint(scratch, 1);
		break;
	case KG_NR_PRCTL:	/* a thread sets its name so, a runtime drops each capability of a container */
		if (option != KG_PR_SET_PTRACER && (option > 63 || !(KG_PRCTL_TOLD >> option & 1)))
			return;
		call->event_class = 0;
		kg_shape(call, 2, 0);
		kg_int(scratch, 0);
		kg_long(scratch, 1);
		break;
	}
	kg_send_call(scratch);
}
