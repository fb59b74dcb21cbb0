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

/*
 * A refused datagram is told as a connection, too, however it was sent; a refused connect is told by the system call's
 * own event. 4 bytes of address are the end of an IPv4-mapped one.
 */
static __always_inline void kg_tell_datagram(const struct kg_destination *where, bool v4)
{
	__u64 record[(sizeof(struct kg_connect) + 16) / sizeof(__u64)] = {};
	struct kg_connect *event = (struct kg_connect *)record;

	kg_fill_header(&event->header, KG_CONNECT);
	event->result = -KG_EPERM;
	event->given.family = v4 ? KG_AF_INET : KG_AF_INET6;
	event->given.port = bpf_ntohs(where->to.port);
	event->flags = KG_CONNECT_REFUSED;
	event->given.address_length = v4 ? 4 : 16;
	if (v4)
		__builtin_memcpy(event->data, where->to.address + 12, 4);
	else
		__builtin_memcpy(event->data, where->to.address, 16);
	precious_send(event, sizeof(*event) + (v4 ? 4 : 16));
}

/* 0 is EPERM. */
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

	if (!kg_refuse_destination(&where))
		return 1;
	kg_tell_datagram(&where, true);
	return 0;
}

SEC("cgroup/sendmsg6")
int kg_sendmsg6(struct bpf_sock_addr *to)
{
	struct kg_destination where = kg_destination6(to);

	if (!kg_refuse_destination(&where))
		return 1;
	kg_tell_datagram(&where, false);
	return 0;
}
