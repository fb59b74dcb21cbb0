/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Addresses that a system call was given. */
#ifndef KG_GIVEN_ADDRESS_H
#define KG_GIVEN_ADDRESS_H

#define KG_AF_UNSPEC 0

/*
 * Fills GIVEN, which may lie in the record, and appends the address to the record's data. It is read from the caller's
 * memory after the call, so another thread can have changed it by then: where the socket itself tells, believe that.
 * Returns false when a path that it starts from was cut. unspec: the family that AF_UNSPEC stands for here.
 */
static __always_inline bool kg_add_given_address(struct kg_scratch *scratch, struct kg_given_address *given, const void *address,
					 int length, __u32 unspec)
{
	struct sockaddr_in6 in6 = {};	/* its head is that of sockaddr_in */
	int head = sizeof(in6.sin6_family);
	char *start = kg_end(scratch);
	__u32 before, bytes = 0;
	bool complete;

	given->port = 0;
	given->cwd_length = 0;
	if (address)
		bpf_probe_read_user(&in6, sizeof(in6.sin6_family) + sizeof(in6.sin6_port), address);
	given->family = in6.sin6_family ? in6.sin6_family : unspec;
	switch (given->family) {
	case KG_AF_INET:
		if (bpf_probe_read_user(start, 4, address + offsetof(struct sockaddr_in, sin_addr)))
			break;
		given->port = bpf_ntohs(in6.sin6_port);
		bytes = 4;
		break;
	case KG_AF_INET6:
		if (bpf_probe_read_user(start, 16, address + offsetof(struct sockaddr_in6, sin6_addr)))
			break;
		given->port = bpf_ntohs(in6.sin6_port);
		bytes = 16;
		break;
	case KG_AF_UNIX:
		if (length <= head)
			break;
		bytes = length - head;
		if (bytes > KG_SUN_PATH)
			bytes = KG_SUN_PATH;
		barrier_var(bytes);
		bytes &= KG_SUN_PATH_MASK;
		if (bpf_probe_read_user(start, bytes, address + head))
			bytes = 0;
		break;
	}
	given->address_length = bytes;
	scratch->length += bytes;
	if (given->family != KG_AF_UNIX || !bytes || *start == '/' || !*start)
		return true;
	before = scratch->length;
	complete = kg_walk_cwd(scratch);
	given->cwd_length = scratch->length - before;
	return complete;
}

/* Nothing was given. */
static __always_inline void kg_no_given_address(struct kg_given_address *given)
{
	given->family = 0;
	given->port = 0;
	given->address_length = 0;
	given->cwd_length = 0;
}

/* The socket's state when it is not known. */
static __always_inline void kg_no_socket(struct kg_socket *socket)
{
	__builtin_memset(socket, 0, sizeof(*socket));
}

#endif
