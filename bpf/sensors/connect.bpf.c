// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* connect. */

#define KG_AF_UNIX 1
#define KG_AF_INET 2
#define KG_AF_INET6 10
#define KG_EPERM 1
#define KG_SUN_PATH 108

/*
 * The address is read from the caller's memory after the call, so another thread can have changed it by then; what the
 * containment refuses does not depend on it.
 */
KG_CALL_GROUP(connect)
{
	const void *address = (const void *)scratch->args.arg[1];
	int length = scratch->args.arg[2];
	struct kg_connect *event = (struct kg_connect *)scratch->bytes;
	struct sockaddr_in6 in6 = {};	/* its head is that of sockaddr_in */
	__u32 data = 0;

	bpf_probe_read_user(&in6, sizeof(in6.sin6_family) + sizeof(in6.sin6_port), address);
	event->port = 0;
	switch (in6.sin6_family) {
	case KG_AF_INET:
		bpf_probe_read_user(event->data, 4, address + offsetof(struct sockaddr_in, sin_addr));
		event->port = bpf_ntohs(in6.sin6_port);
		data = 4;
		break;
	case KG_AF_INET6:
		bpf_probe_read_user(event->data, 16, address + offsetof(struct sockaddr_in6, sin6_addr));
		event->port = bpf_ntohs(in6.sin6_port);
		data = 16;
		break;
	case KG_AF_UNIX:
		if (length <= (int)sizeof(in6.sin6_family))
			break;
		data = length - sizeof(in6.sin6_family);
		if (data > KG_SUN_PATH)
			data = KG_SUN_PATH;
		bpf_probe_read_user(event->data, data, address + sizeof(in6.sin6_family));
		break;
	default:	/* AF_UNSPEC takes a connection back; other families are not of interest */
		return;
	}

	kg_fill_header(&event->header, KG_CONNECT, (void *)bpf_get_current_task());
	event->result = result;
	event->family = in6.sin6_family;
	event->flags = 0;
	event->address_length = data;
	event->reserved = 0;
	/* Our cgroup programs speak before anything else that answers EPERM (netfilter, an LSM at send). */
	if (result == -KG_EPERM && in6.sin6_family != KG_AF_UNIX && kg_contained(KG_DENY_NETWORK))
		event->flags = KG_CONNECT_REFUSED;
	precious_send(event, sizeof(*event) + (data & 0xff), 0);
}

KG_CALL_FEXIT(connect, connect)
