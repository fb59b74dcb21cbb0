// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* connect. */

#define KG_EPERM 1
#define KG_EINPROGRESS 115

/*
 * Whatever stands in the caller's memory by now, this call has connected the socket. Else AF_UNSPEC was to take a
 * connection back, and other families are not of interest.
 */
static __always_inline bool kg_is_connected(struct kg_socket *socket, long result)
{
	return (!result || result == -KG_EINPROGRESS) &&
	       (socket->remote_port || (socket->family == KG_AF_UNIX && socket->remote_length));
}

/* FILE: the descriptor's, NULL when it is closed by now. */
static __always_inline void kg_on_connect(struct kg_scratch *scratch, int descriptor, struct file *file,
					  const void *address, int length, long result)
{
	struct kg_connect *event = (struct kg_connect *)scratch->bytes;
	struct sock *sock = file ? kg_sock(file) : 0;

	event->flags = 0;
	event->reserved = 0;
	scratch->length = sizeof(*event);
	if (!kg_add_given_address(scratch, &event->given, address, length, KG_AF_UNSPEC))
		event->flags |= KG_CONNECT_ADDRESS_TRUNCATED;
	kg_no_socket(&event->socket);
	if (sock)
		kg_add_socket(scratch, &event->socket, sock);
	switch (event->given.family) {
	case KG_AF_UNIX:
	case KG_AF_INET:
	case KG_AF_INET6:
		break;
	default:
		if (!kg_is_connected(&event->socket, result))
			return;
	}

	kg_fill_header(&event->header, KG_CONNECT);
	event->result = result;
	event->fd = descriptor;
	/* Our cgroup programs speak before anything else that answers EPERM (netfilter, an LSM at send). */
	if (result == -KG_EPERM && event->given.family != KG_AF_UNIX && kg_contained(KG_DENY_NETWORK))
		event->flags |= KG_CONNECT_REFUSED;
	precious_send(event, scratch->length & (KG_SCRATCH_WRITABLE - 1));
}

KG_CALL_GROUP(connect)
{
	struct kg_args *args = &scratch->args;

	kg_on_connect(scratch, args->arg[0], kg_file(args->arg[0]), (const void *)args->arg[1], args->arg[2], result);
}

KG_CALL_FEXIT(connect, connect)
