// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* DNS messages over UDP: datagrams to and from port 53 of the monitored cgroup's sockets. */

#define KG_DNS_PORT 53
#define KG_ETH_P_IP 0x0800
#define KG_ETH_P_IPV6 0x86dd
#define KG_IPPROTO_HOPOPTS 0
#define KG_IPPROTO_UDP 17
#define KG_IPPROTO_ROUTING 43
#define KG_IPPROTO_DSTOPTS 60
#define KG_IP_OFFSET 0x1fff
#define KG_DNS_MASK 2047		/* more than KG_MOST_DNS_BYTES */
#define KG_MOST_EXTENSIONS 4	/* of an IPv6 packet; one with more is not looked into */

/* By socket cookie: the process that last sent a DNS message through the socket. It is who an answer is for. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct kg_header);
} dns_senders SEC(".maps");

/* A question that was sent: its answer comes to the same socket, from the same server, with the same number. */
struct kg_question {
	__u64 cookie;
	__u8 server[16];
	__u16 id;		/* as in the message */
	__u16 reserved[3];
};

/* With room for those of many a moment; the longest unasked goes first. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct kg_question);
	__type(value, __u8);
} dns_questions SEC(".maps");

/* Where a datagram's parts are. */
struct kg_datagram {
	__u32 addresses;	/* the source; the destination follows it */
	__u32 address_length;
	__u32 udp;
};

/* False for what is no UDP. The first test is all that other packets cost. */
static __always_inline bool kg_find_udp4(struct __sk_buff *skb, struct kg_datagram *datagram)
{
	struct iphdr *ip = (void *)(long)skb->data;

	if ((void *)(ip + 1) > (void *)(long)skb->data_end || ip->protocol != KG_IPPROTO_UDP)
		return false;
	if (ip->frag_off & bpf_htons(KG_IP_OFFSET))
		return false;
	datagram->addresses = offsetof(struct iphdr, saddr);
	datagram->address_length = 4;
	datagram->udp = (*(__u8 *)ip & 0xf) * 4;
	return true;
}

static __always_inline bool kg_find_udp6(struct __sk_buff *skb, struct kg_datagram *datagram)
{
	struct ipv6hdr *ip = (void *)(long)skb->data;
	__u8 next;

	if ((void *)(ip + 1) > (void *)(long)skb->data_end)
		return false;
	datagram->addresses = offsetof(struct ipv6hdr, saddr);
	datagram->address_length = 16;
	datagram->udp = sizeof(*ip);
	next = ip->nexthdr;
	for (int i = 0; i < KG_MOST_EXTENSIONS; i++) {
		__u8 extension[2];	/* the next header, own length in words of 8 bytes less one */

		if (next != KG_IPPROTO_HOPOPTS && next != KG_IPPROTO_ROUTING && next != KG_IPPROTO_DSTOPTS)
			break;
		if (bpf_skb_load_bytes(skb, datagram->udp, extension, sizeof(extension)))
			return false;
		next = extension[0];
		datagram->udp += (extension[1] + 1) * 8;
	}
	return next == KG_IPPROTO_UDP;
}

/*
 * Who sends: the current task as a rule, but a packet can also come here later, on top of any other (from a queue of
 * netfilter's or of IPsec's). Such a task is of the socket's cgroup by chance only; of another the process is unknown.
 */
static __always_inline bool kg_fill_sender(struct kg_header *header, struct __sk_buff *skb)
{
	kg_fill_header(header, KG_DNS);
	return header->cgroup == bpf_skb_cgroup_id(skb);
}

static __always_inline void kg_fill_dns_header(struct kg_header *header, struct __sk_buff *skb, bool sent)
{
	__u64 cookie = bpf_get_socket_cookie(skb);
	struct kg_header *sender;

	if (sent && kg_fill_sender(header, skb)) {
		bpf_map_update_elem(&dns_senders, &cookie, header, BPF_ANY);
		return;
	}
	sender = bpf_map_lookup_elem(&dns_senders, &cookie);
	if (sender) {
		*header = *sender;
	} else {
		__builtin_memset(header, 0, sizeof(*header));
		header->type = KG_DNS;
		header->cgroup = bpf_skb_cgroup_id(skb);
	}
	header->time = bpf_ktime_get_boot_ns();
}

/* Whether the message that a client received answers a question of its socket's; a message sent becomes one. */
static __always_inline bool kg_asked(struct kg_scratch *scratch, struct __sk_buff *skb, __u32 server_length, __u32 message,
				     bool sent)
{
	struct kg_dns *event = (struct kg_dns *)scratch->bytes;
	struct kg_question question = {.cookie = bpf_get_socket_cookie(skb)};
	__u8 once = 1;

	__builtin_memcpy(question.server, event->data, 4);
	if (server_length == 16)
		__builtin_memcpy(question.server, event->data, 16);
	bpf_skb_load_bytes(skb, message, &question.id, sizeof(question.id));
	if (!sent)
		return bpf_map_lookup_elem(&dns_questions, &question);
	bpf_map_update_elem(&dns_questions, &question, &once, BPF_ANY);
	return true;
}

static __always_inline void kg_tell_dns(struct kg_scratch *scratch, struct __sk_buff *skb,
					struct kg_datagram *datagram, bool sent, bool server)
{
	struct kg_dns *event = (struct kg_dns *)scratch->bytes;
	__u32 message = datagram->udp + sizeof(struct udphdr);
	__u32 length = skb->len - message;
	__u32 server_length = datagram->address_length == 4 ? 4 : 16;	/* for the verifier */
	/* The server's end is the source of what it sends and of what others are sent. */
	__u32 address = datagram->addresses + (sent == server ? 0 : datagram->address_length);

	kg_fill_dns_header(&event->header, skb, sent);
	event->size = length;
	event->flags = server ? KG_DNS_SERVER : 0;
	event->server_port = KG_DNS_PORT;
	event->reserved = 0;
	if (length > KG_MOST_DNS_BYTES) {
		length = KG_MOST_DNS_BYTES;
		event->flags |= KG_DNS_TRUNCATED;
	}
	/* In bounds already, and not 0: once more where older verifiers see it, too. */
	barrier_var(length);
	length = ((length - 1) & KG_DNS_MASK) + 1;
	event->message_length = length;
	event->server_length = server_length;
	bpf_skb_load_bytes(skb, address, event->data, server_length);
	bpf_skb_load_bytes(skb, message, event->data + server_length, length);
	if (!server && !kg_asked(scratch, skb, server_length, message, sent))
		event->flags |= KG_DNS_UNASKED;
	bulk_send(event, sizeof(*event) + server_length + length);
}

static __always_inline void kg_on_packet(struct __sk_buff *skb, bool sent)
{
	struct kg_datagram datagram = {};
	struct udphdr udp;
	bool to_server, from_server;

	if (skb->protocol == bpf_htons(KG_ETH_P_IP)) {
		if (!kg_find_udp4(skb, &datagram))
			return;
	} else if (skb->protocol != bpf_htons(KG_ETH_P_IPV6) || !kg_find_udp6(skb, &datagram)) {
		return;
	}
	if (bpf_skb_load_bytes(skb, datagram.udp, &udp, sizeof(udp)))
		return;
	to_server = udp.dest == bpf_htons(KG_DNS_PORT);
	from_server = udp.source == bpf_htons(KG_DNS_PORT);
	if ((!to_server && !from_server) || skb->len <= datagram.udp + sizeof(udp))
		return;

	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return;
	/* Where both ports are 53, two name servers talk: each counts as the one that asks. */
	kg_tell_dns(scratch, skb, &datagram, sent, sent ? !to_server : !from_server);
	kg_put_scratch(scratch);
}

/*
 * At the cgroup's sockets rather than at the system calls: whichever call sent it (io_uring's none), and with the
 * answer's content, which no system call that only begins to wait for it has. 1: the packet goes on.
 */
SEC("cgroup_skb/egress")
int kg_dns_egress(struct __sk_buff *skb)
{
	kg_on_packet(skb, true);
	return 1;
}

SEC("cgroup_skb/ingress")
int kg_dns_ingress(struct __sk_buff *skb)
{
	kg_on_packet(skb, false);
	return 1;
}
