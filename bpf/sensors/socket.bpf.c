// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* socket, bind, listen, accept, accept4. */

#define KG_NR_SOCKET 41
#define KG_NR_ACCEPT 43
#define KG_NR_BIND 49
#define KG_NR_LISTEN 50
#define KG_NR_ACCEPT4 288

#define KG_AF_NETLINK 16
#define KG_SOCK_TYPE_MASK 0xf	/* the rest of socket(2)'s type are flags (linux/net.h) */
#define KG_EAGAIN 11
#define KG_ERESTARTSYS 512

/*
 * The precious ring takes what few programs do: a port of their own choice, raw and packet sockets, families that a
 * workload has no use for. Ordinary sockets, accepts, and binds to whatever port is free, are a busy server's daily work.
 */
static __always_inline bool kg_rare_socket(struct kg_socket_call *event)
{
	switch (event->socket.family) {
	case KG_AF_UNSPEC:	/* no socket: a call that fails */
	case KG_AF_NETLINK:
		return false;
	case KG_AF_INET:
	case KG_AF_INET6:
		if (event->socket.type == KG_SOCK_RAW)
			return true;
		return event->call == KG_NR_LISTEN || (event->call == KG_NR_BIND && event->given.port);
	case KG_AF_UNIX:
		return event->call == KG_NR_LISTEN || (event->call == KG_NR_BIND && event->given.address_length);
	default:
		return true;
	}
}

/* False when the ring was full. */
static __always_inline bool kg_tell_socket_call(struct kg_scratch *scratch, bool precious)
{
	struct kg_socket_call *event = (struct kg_socket_call *)scratch->bytes;
	__u64 length = scratch->length & (KG_SCRATCH_WRITABLE - 1);

	kg_fill_header(&event->header, KG_SOCKET_CALL);
	event->precious = precious;
	event->reserved = 0;
	return precious ? precious_send(event, length) : bulk_send(event, length);
}

KG_CALL_GROUP(socket)
{
	struct kg_args *args = &scratch->args;
	struct kg_socket_call *event = (struct kg_socket_call *)scratch->bytes;
	bool accepts = args->number == KG_NR_ACCEPT || args->number == KG_NR_ACCEPT4;
	struct file *file;
	struct sock *sock;

	/* Nobody had come, or the call goes on after a signal. */
	if (accepts && (result == -KG_EAGAIN || result == -KG_ERESTARTSYS))
		return;
	event->call = args->number;
	event->result = result;
	event->fd = args->arg[0];
	event->size = 0;
	event->flags = 0;
	scratch->length = sizeof(*event);
	kg_no_given_address(&event->given);
	kg_no_socket(&event->socket);
	if (args->number == KG_NR_SOCKET)
		event->fd = result < 0 ? -1 : result;
	else if (args->number == KG_NR_LISTEN)
		event->size = (int)args->arg[1];
	else if (args->number == KG_NR_BIND &&
		 !kg_add_given_address(scratch, &event->given, (const void *)args->arg[1], args->arg[2],
			       KG_AF_UNSPEC))
		event->flags |= KG_SOCKET_ADDRESS_TRUNCATED;

	/* Of an accept the new socket, which has both ends. */
	file = kg_file(accepts && result >= 0 ? result : event->fd);
	sock = file ? kg_sock(file) : 0;
	if (sock)
		kg_add_socket(scratch, &event->socket, sock);
	if (args->number == KG_NR_SOCKET) {
		event->socket.family = args->arg[0];
		event->socket.type = args->arg[1] & KG_SOCK_TYPE_MASK;
		if (args->arg[2])	/* else the kernel's choice; a packet socket does not tell what it was given */
			event->socket.protocol = args->arg[2];
	}
	kg_tell_socket_call(scratch, kg_rare_socket(event));
}
