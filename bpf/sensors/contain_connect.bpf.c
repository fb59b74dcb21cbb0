// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* No new connections, no datagrams to an address. Attached to the monitored root, so the rest never comes here. */

static __always_inline void kg_map_v4(__u8 *address, __u32 v4)
{
	__builtin_memset(address, 0, 10);
	__builtin_memset(address + 10, 0xff, 2);
	__builtin_memcpy(address + 12, &v4, sizeof(v4));
}

static __always_inline struct kg_destination kg_destination4(struct bpf_sock_addr *to)
{
	struct kg_destination where = {.protocol = to->protocol};

	kg_map_v4(where.to.address, to->user_ip4);
	where.to.port = to->user_port;
	return where;
}

static __always_inline struct kg_destination kg_destination6(struct bpf_sock_addr *to)
{
	struct kg_destination where = {.protocol = to->protocol};
	__u32 address[4] = {to->user_ip6[0], to->user_ip6[1], to->user_ip6[2], to->user_ip6[3]};

	__builtin_memcpy(where.to.address, address, sizeof(address));
	where.to.port = to->user_port;
	return where;
}

static __always_inline bool kg_refuse_destination(const struct kg_destination *where)
{
	struct kg_order *order = kg_forbidding(KG_DENY_NETWORK, 0, where);

	if (!order)
		return false;
	kg_count_stopped(order, connections_refused);
	return true;
}

/* 0 is EPERM. The system call's own event tells of it. */
SEC("cgroup/connect4")
int kg_connect4(struct bpf_sock_addr *to)
{
	struct kg_destination where = kg_destination4(to);

	return !kg_refuse_destination(&where);
}

SEC("cgroup/connect6")
int kg_connect6(struct bpf_sock_addr *to)
{
	struct kg_destination where = kg_destination6(to);

	return !kg_refuse_destination(&where);
}

/* sendmsg4, sendmsg6: datagrams to an address given with the call; those need no connect. */
SEC("cgroup/sendmsg4")
int kg_sendmsg4(struct bpf_sock_addr *to)
{
	struct kg_destination where = kg_destination4(to);

	return !kg_refuse_destination(&where);
}

SEC("cgroup/sendmsg6")
int kg_sendmsg6(struct bpf_sock_addr *to)
{
	struct kg_destination where = kg_destination6(to);

	return !kg_refuse_destination(&where);
}
