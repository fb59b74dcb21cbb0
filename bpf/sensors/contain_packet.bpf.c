// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * What is under way already: established connections, connected and raw sockets. Every packet of a contained socket, in
 * both directions. Whoever runs when a packet passes (an interrupt) is not its sender: the socket's own cgroup counts.
 * Attached only while a container's network is refused.
 */

#define KG_LOOPBACK_IFINDEX 1	/* LOOPBACK_IFINDEX of net/flow.h: in every network namespace */
#define KG_IPPROTO_TCP 6

/* Ports of the two that have them; a packet whose ports are not in the usual place has none that an exception could name. */
static __always_inline void kg_read_ports(struct __sk_buff *skb, __u32 at, struct kg_end *source, struct kg_end *destination)
{
	__u16 ports[2] = {};

	bpf_skb_load_bytes(skb, at, ports, sizeof(ports));
	source->port = ports[0];
	destination->port = ports[1];
}

static __always_inline bool kg_has_ports(__u8 protocol)
{
	return protocol == KG_IPPROTO_TCP || protocol == KG_IPPROTO_UDP;
}

/* The data begins with the IP header. Leaves everything 0, which no exception names, when it is none. */
static __always_inline void kg_read_packet(struct __sk_buff *skb, struct kg_end *source, struct kg_end *destination,
					   __u8 *protocol)
{
	__u8 version = 0;

	bpf_skb_load_bytes(skb, 0, &version, sizeof(version));
	if (version >> 4 == 4) {
		struct iphdr ip = {};

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return;
		kg_map_v4(source->address, ip.saddr);
		kg_map_v4(destination->address, ip.daddr);
		*protocol = ip.protocol;
		/* of a later fragment the first bytes are not the ports */
		if (kg_has_ports(ip.protocol) && !(bpf_ntohs(ip.frag_off) & KG_IP_OFFSET))
			kg_read_ports(skb, (version & 0xf) * 4, source, destination);
	} else if (version >> 4 == 6) {
		struct ipv6hdr ip = {};

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return;
		__builtin_memcpy(source->address, &ip.saddr, sizeof(source->address));
		__builtin_memcpy(destination->address, &ip.daddr, sizeof(destination->address));
		*protocol = ip.nexthdr;
		if (kg_has_ports(ip.nexthdr))
			kg_read_ports(skb, sizeof(ip), source, destination);
	}
}

static __always_inline int kg_judge_packet(struct __sk_buff *skb, bool outgoing)
{
	if (!kg_forbidding(KG_DENY_NETWORK, skb, 0, 0))
		return 1;
	struct kg_destination where = {.loopback = skb->ifindex == KG_LOOPBACK_IFINDEX};
	kg_read_packet(skb, outgoing ? &where.from : &where.to, outgoing ? &where.to : &where.from, &where.protocol);
	struct kg_order *order = kg_forbidding(KG_DENY_NETWORK, skb, 0, &where);
	if (!order)
		return 1;
	kg_count_stopped(order, packets_refused);
	return 0;
}

/* 0 drops the packet; the sender of an outgoing one that waits for the answer has EPERM. */
SEC("cgroup_skb/egress")
int kg_egress(struct __sk_buff *skb)
{
	return kg_judge_packet(skb, true);
}

SEC("cgroup_skb/ingress")
int kg_ingress(struct __sk_buff *skb)
{
	return kg_judge_packet(skb, false);
}
