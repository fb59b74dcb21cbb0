// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Refusing exec and open. LSM hooks alone can refuse; the kill, which needs none, is in the exec sensor. */

/*
 * Whether the hooks are called at all: a kernel can take LSM programs and never run them, when "bpf" is not among its
 * active security modules. The collector opens a file and looks.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} lsm_called SEC(".maps");

/*
 * bprm_check_security: before the old program is gone. Called for a script and again for its interpreter: both must be
 * excepted.
 */
SEC("lsm/bprm_check_security")
int BPF_PROG(kg_deny_exec, struct linux_binprm *bprm, int earlier)
{
	if (earlier || !kg_monitored())
		return earlier;
	struct file *file = BPF_CORE_READ(bprm, file);
	struct kg_order *order = kg_forbidding_file(KG_DENY_EXEC, &file->f_path);
	if (!order)
		return 0;
	kg_count_stopped(order, execs_refused);
	return -KG_EPERM;
}

/* file_open: every open of a path, however it is asked for (io_uring, the kernel's own for an exec). Not O_PATH. */
SEC("lsm/file_open")
int BPF_PROG(kg_deny_open, struct file *file, int earlier)
{
	__u32 zero = 0;
	__u32 *called = bpf_map_lookup_elem(&lsm_called, &zero);

	if (called && !*called)
		*called = 1;
	if (earlier || !kg_monitored())
		return earlier;
	struct kg_order *order = kg_forbidding_file(KG_DENY_OPEN, &file->f_path);
	if (!order)
		return 0;
	kg_count_stopped(order, opens_refused);
	return -KG_EPERM;
}
