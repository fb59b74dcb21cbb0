/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the collector tells the kernel to do to a container. The Java side is
 * io.kubeguardian.collector.sensor.ContainmentLayouts; StructLayoutTest compares both through BTF.
 */
#ifndef KG_CONTAINMENT_H
#define KG_CONTAINMENT_H

/* Actions: bits of kg_order.actions. */
#define KG_KILL_EXEC 1
#define KG_DENY_EXEC 2
#define KG_DENY_NETWORK 4
#define KG_DENY_OPEN 8

#define KG_CONTAINMENT_DEPTH 16	/* levels from the monitored root down that are looked at */
#define KG_AUTHORITIES 2	/* who can order: the detection job, a person; neither replaces the other's order */
#define KG_ORDERS 2048		/* most orders, each for one cgroup or more */
#define KG_EXCEPTIONS 16384	/* most exceptions of a kind, of all orders together */
#define KG_EXCEPTED_PATH 240	/* bytes of a path that are looked at, its NUL among them */

/* One decision in force. */
struct kg_order {
	__u64 id;		/* 0: none. Names its exceptions and its counters; a changed decision is a new id. */
	__u64 expires;		/* boot clock, ns: not in force from then on */
	__u32 actions;
	__u32 reserved;
};

struct kg_containment {
	struct kg_order orders[KG_AUTHORITIES];
};

/* What an order has stopped. */
struct kg_stopped {
	__u64 execs_killed;
	__u64 execs_refused;
	__u64 opens_refused;
	__u64 connections_refused;	/* and datagrams to an address, and (LSM) other sends */
	__u64 packets_refused;		/* of what was under way already, both directions */
};

/*
 * Key of an excepted path. "/usr/bin/id" with its NUL is that file, "/usr/lib/" without is all below: of a whole path,
 * padded with NUL, the trie finds either.
 */
struct kg_excepted_path {
	__u32 bits;		/* that count, from order on */
	__u32 reserved;
	__u64 order;
	char path[KG_EXCEPTED_PATH];
};

/* Key of an excepted destination. Port and protocol stand before the address: 0 is "every", looked up by itself. */
struct kg_excepted_destination {
	__u32 bits;		/* that count, from port on */
	__u16 port;		/* network byte order */
	__u8 protocol;		/* IPPROTO_… */
	__u8 v4;		/* 1: of IPv4, so that ::/0 is IPv6 alone */
	__u64 order;
	__u8 address[16];	/* IPv4 as IPv4-mapped IPv6 */
};

/* The bits of the keys' fixed parts; what follows is the prefix. */
#define KG_EXCEPTED_PATH_BITS (8 * (sizeof(__u32) + sizeof(__u64)))
#define KG_EXCEPTED_DESTINATION_BITS (8 * (sizeof(__u32) + sizeof(__u64)))

/* By id of a cgroup. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KG_ORDERS);
	__type(key, __u64);
	__type(value, struct kg_containment);
} containments SEC(".maps");

/* By id of an order. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, KG_ORDERS);
	__type(key, __u64);
	__type(value, struct kg_stopped);
} stopped SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, KG_EXCEPTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct kg_excepted_path);
	__type(value, __u8);
} excepted_paths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, KG_EXCEPTIONS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct kg_excepted_destination);
	__type(value, __u8);
} excepted_destinations SEC(".maps");

/* How many cgroups are contained: the usual answer is none, and costs one read. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} containment_count SEC(".maps");

/* The two ends of something on the network. */
struct kg_end {
	__u8 address[16];
	__u16 port;		/* network byte order; 0: has none, or not known */
};

/* Where something goes. Inside the pod (over loopback) it is enough that one end is excepted: see docs/containment.md. */
struct kg_destination {
	struct kg_end to;
	struct kg_end from;
	bool loopback;
	__u8 protocol;		/* 0: not known */
};

static __always_inline bool kg_is_v4(const __u8 *address)
{
	__u64 high;
	__u32 middle;

	__builtin_memcpy(&high, address, sizeof(high));
	__builtin_memcpy(&middle, address + sizeof(high), sizeof(middle));
	return !high && middle == bpf_htonl(0xffff);
}

static __always_inline bool kg_excepted_end(__u64 order, const struct kg_end *end, __u8 protocol)
{
	struct kg_excepted_destination key = {.bits = KG_EXCEPTED_DESTINATION_BITS + 8 * sizeof(key.address), .order = order};

	__builtin_memcpy(key.address, end->address, sizeof(key.address));
	key.v4 = kg_is_v4(end->address);
	for (int form = 0; form < 4; form++) {
		key.port = form & 1 ? end->port : 0;
		key.protocol = form & 2 ? protocol : 0;
		if (bpf_map_lookup_elem(&excepted_destinations, &key))
			return true;
	}
	return false;
}

static __always_inline bool kg_excepted_destination(__u64 order, const struct kg_destination *where)
{
	return kg_excepted_end(order, &where->to, where->protocol) ||
	       (where->loopback && kg_excepted_end(order, &where->from, where->protocol));
}

/*
 * The order that forbids the action to the current task, or to the socket that a packet belongs to: the first in force
 * for its cgroup or one above, of any authority, none of whose exceptions fits. NULL: nothing forbids it.
 *
 * skb: NULL for the current task. path, where: what the exceptions are asked for; NULL: as if there were none.
 */
static __always_inline struct kg_order *kg_forbidding(__u32 action, struct __sk_buff *skb,
						      struct kg_excepted_path *path, const struct kg_destination *where)
{
	__u32 zero = 0;
	__u32 *count = bpf_map_lookup_elem(&containment_count, &zero);

	if (!count || !*count)
		return 0;
	for (int depth = 0; depth < KG_CONTAINMENT_DEPTH; depth++) {
		__u64 cgroup = skb ? bpf_skb_ancestor_cgroup_id(skb, settings.root_level + depth)
				   : bpf_get_current_ancestor_cgroup_id(settings.root_level + depth);
		struct kg_containment *found;

		if (!cgroup)
			break;
		found = bpf_map_lookup_elem(&containments, &cgroup);
		if (!found)
			continue;
		for (int authority = 0; authority < KG_AUTHORITIES; authority++) {
			struct kg_order *order = &found->orders[authority];

			if (!(order->actions & action) || bpf_ktime_get_boot_ns() >= order->expires)
				continue;
			if (path) {
				path->order = order->id;
				if (bpf_map_lookup_elem(&excepted_paths, path))
					continue;
			}
			if (where && kg_excepted_destination(order->id, where))
				continue;
			return order;
		}
	}
	return 0;
}

/* Whether an order with this action is in force for the current task at all. */
static __always_inline bool kg_contained(__u32 action)
{
	return kg_forbidding(action, 0, 0, 0);
}

#define kg_count_stopped(order, what)                                                                     \
	do {                                                                                              \
		__u64 id = (order)->id;                                                                   \
		struct kg_stopped *counters = bpf_map_lookup_elem(&stopped, &id);                         \
		if (counters)                                                                             \
			__sync_fetch_and_add(&counters->what, 1);                                         \
	} while (0)

#endif
