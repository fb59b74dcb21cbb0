// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Cgroups come and go below the monitored one: which pod and container an id stands for. */

static __always_inline int kg_on_cgroup(__u32 type, struct cgroup *cgroup, const char *path)
{
	if (!kg_monitored_cgroup(cgroup))
		return 0;
	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return 0;
	struct kg_cgroup *event = (struct kg_cgroup *)scratch->bytes;
	long length = bpf_probe_read_kernel_str(event->data, KG_PATH_MAX, path);

	kg_fill_header(&event->header, type);
	event->header.cgroup = BPF_CORE_READ(cgroup, kn, id);
	event->path_length = length > 0 ? length : 0;
	event->reserved = 0;
	precious_send(event, (sizeof(*event) + event->path_length) & (KG_PATH_MAX * 2 - 1));
	kg_put_scratch(scratch);
	return 0;
}

/*
 * cgroup_mkdir and cgroup_rmdir bring the path along: the collector knows an id before any process can be in it, and
 * need not look into a directory that may be gone already.
 */
SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(kg_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	return kg_on_cgroup(KG_CGROUP_MKDIR, cgroup, path);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(kg_cgroup_rmdir, struct cgroup *cgroup, const char *path)
{
	return kg_on_cgroup(KG_CGROUP_RMDIR, cgroup, path);
}
