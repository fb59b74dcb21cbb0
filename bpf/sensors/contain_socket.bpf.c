// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * On kernels with LSM, beside the cgroup programs: what those do not see (packet, vsock and other families), and EPERM
 * at once where they could only drop packets.
 */

#define KG_AF_NETLINK 16
#define KG_AF_ALG 38
#define KG_SOCK_DGRAM 2

/* Families that reach no further than this kernel. */
static __always_inline bool kg_local_family(__u16 family)
{
	return family == KG_AF_UNIX || family == KG_AF_NETLINK || family == KG_AF_ALG;
}

/* An address in the kernel's memory; all 0, which no exception names, when it is of another family. */
static __always_inline void kg_read_address(struct kg_end *end, const void *address)
{
	struct sockaddr_in6 in6 = {};

	bpf_probe_read_kernel(&in6, sizeof(struct sockaddr_in), address);
	if (in6.sin6_family == KG_AF_INET) {
		kg_map_v4(end->address, ((struct sockaddr_in *)&in6)->sin_addr.s_addr);
		end->port = in6.sin6_port;
	} else if (in6.sin6_family == KG_AF_INET6) {
		bpf_probe_read_kernel(&in6, sizeof(in6), address);
		__builtin_memcpy(end->address, &in6.sin6_addr, sizeof(end->address));
		end->port = in6.sin6_port;
	}
}

/* Both ends of a connected socket. */
static __always_inline void kg_read_connected(struct kg_destination *where, struct sock *sk, __u16 family)
{
	if (family == KG_AF_INET) {
		kg_map_v4(where->to.address, BPF_CORE_READ(sk, __sk_common.skc_daddr));
		kg_map_v4(where->from.address, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
	} else if (family == KG_AF_INET6) {
		struct in6_addr to = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr);
		struct in6_addr from = BPF_CORE_READ(sk, __sk_common.skc_v6_rcv_saddr);

		__builtin_memcpy(where->to.address, &to, sizeof(to));
		__builtin_memcpy(where->from.address, &from, sizeof(from));
	}
	where->to.port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	where->from.port = bpf_htons(BPF_CORE_READ(sk, __sk_common.skc_num));
}

/* 127.0.0.0/8, ::1, or from an address to itself: what goes over the loopback device. */
static __always_inline bool kg_is_loopback(const struct kg_destination *where)
{
	__u64 high, low, from_high, from_low;

	__builtin_memcpy(&high, where->to.address, 8);
	__builtin_memcpy(&low, where->to.address + 8, 8);
	__builtin_memcpy(&from_high, where->from.address, 8);
	__builtin_memcpy(&from_low, where->from.address + 8, 8);
	if (!high && !low)
		return false;
	return (high == from_high && low == from_low) || (!high && low == bpf_cpu_to_be64(1)) ||
	       (kg_is_v4(where->to.address) && where->to.address[12] == 127);
}

static __always_inline int kg_refuse_socket(struct kg_destination *where)
{
	where->loopback = kg_is_loopback(where);
	struct kg_order *order = kg_forbidding(KG_DENY_NETWORK, 0, where);
	if (!order)
		return 0;
	kg_count_stopped(order, connections_refused);
	return -KG_EPERM;
}

/* socket_connect: of every family; the address is the kernel's copy already. */
SEC("lsm/socket_connect")
int BPF_PROG(kg_lsm_connect, struct socket *socket, struct sockaddr *address, int length, int earlier)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (earlier || !kg_monitored() || kg_local_family(family))
		return earlier;
	struct kg_destination where = {.protocol = BPF_CORE_READ(sk, sk_protocol)};
	kg_read_address(&where.to, address);
	return kg_refuse_socket(&where);
}

/* socket_sendmsg: every way to send. Addressed datagrams are left to sendmsg4 and sendmsg6. */
SEC("lsm/socket_sendmsg")
int BPF_PROG(kg_lsm_sendmsg, struct socket *socket, struct msghdr *message, int size, int earlier)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	void *address = BPF_CORE_READ(message, msg_name);
	bool inet = family == KG_AF_INET || family == KG_AF_INET6;

	if (earlier || !kg_monitored() || kg_local_family(family))
		return earlier;
	if (inet && address && BPF_CORE_READ(socket, type) == KG_SOCK_DGRAM)
		return 0;
	struct kg_destination where = {.protocol = BPF_CORE_READ(sk, sk_protocol)};
	kg_read_connected(&where, sk, family);
	if (inet && address)
		kg_read_address(&where.to, address);
	return kg_refuse_socket(&where);
}
