// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* sendto, sendmsg, sendmmsg with an address: where a socket without a connection sends to. */

#define KG_NR_SENDTO 44
#define KG_NR_SENDMSG 46
#define KG_NR_SENDMMSG 307

#define KG_AF_PACKET 17
#define KG_SOCK_STREAM 1
#define KG_SOCK_BINDPORT_LOCK 8	/* net/sock.h: bound to a port of its choice */
#define KG_MSG_FASTOPEN 0x20000000
#define KG_MOST_MESSAGES 1024	/* of one sendmmsg: UIO_MAXIOV */
#define KG_NAME_WORDS 14		/* sun_path, rounded up */

/* struct compat_mmsghdr of net/compat.h, which not every kernel has in its BTF. */
struct kg_compat_mmsghdr {
	struct {
		__u32 msg_name;
		__s32 msg_namelen;
		__u32 msg_iov;
		__u32 msg_iovlen;
		__u32 msg_control;
		__u32 msg_controllen;
		__u32 msg_flags;
	} head;
	__u32 length;
};

/*
 * What was told already: one socket's sends to one place are one event, however many there are. A socket that is bound
 * to a port of its choice is a server, whose clients come from a new port each time: there the port does not count.
 */
struct kg_destination_key {
	__u64 sock;
	__u64 inode;		/* a socket's memory is used again, its number is not */
	__u64 address[2];	/* a Unix socket's: a hash of its name */
	__u32 port;
	__u16 family;
	__u16 failed;
};

/* When it is full, the place longest not sent to is told of once more. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct kg_destination_key);
	__type(value, __u8);
} destinations SEC(".maps");

/* Sends that were not told of because one like it had been. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sends_repeated SEC(".maps");

/* One message as its caller has it in memory. */
struct kg_message {
	const void *name;
	int name_length;
	__u64 size;
};

struct kg_send_context {
	struct kg_scratch *scratch;
	struct file *file;
	struct sock *sock;
	long result;
};

static __always_inline bool kg_is_repeated(struct kg_destination_key *key)
{
	__u32 zero = 0;
	__u8 told = 1;
	__u64 *count;

	if (!bpf_map_lookup_elem(&destinations, key)) {
		bpf_map_update_elem(&destinations, key, &told, BPF_ANY);
		return false;
	}
	count = bpf_map_lookup_elem(&sends_repeated, &zero);
	if (count)
		__sync_fetch_and_add(count, 1);
	return true;
}

/* FNV-1a, by words rather than bytes. */
static __always_inline __u64 kg_hash_name(const __u64 *words)
{
	__u64 hash = 0xcbf29ce484222325;

	for (int i = 0; i < KG_NAME_WORDS; i++)
		hash = (hash ^ words[i]) * 0x100000001b3;
	return hash;
}

/* The destination is the caller's word: an unconnected socket keeps none. */
static __always_inline void kg_on_datagram(struct kg_send_context *send, struct kg_message *message)
{
	struct kg_scratch *scratch = send->scratch;
	struct sock *sock = send->sock;
	struct file *file = send->file;
	struct kg_socket_call *event = (struct kg_socket_call *)scratch->bytes;
	struct kg_destination_key key = {};
	__u64 *words = (__u64 *)event->data;
	__u16 family = BPF_CORE_READ(sock, __sk_common.skc_family);

	event->flags = 0;
	scratch->length = sizeof(*event);
	__builtin_memset(words, 0, KG_NAME_WORDS * sizeof(*words));
	/* An IPv4 datagram socket takes AF_UNSPEC for AF_INET. */
	if (!kg_add_given_address(scratch, &event->given, message->name, message->name_length,
			  family == KG_AF_INET ? KG_AF_INET : KG_AF_UNSPEC))
		event->flags |= KG_SOCKET_ADDRESS_TRUNCATED;
	switch (event->given.family) {
	case KG_AF_UNIX:
		key.address[0] = kg_hash_name(words);
		break;
	case KG_AF_INET:
	case KG_AF_INET6:
		key.address[0] = words[0];
		key.address[1] = words[1];
		if (!(BPF_CORE_READ_BITFIELD_PROBED(sock, sk_userlocks) & KG_SOCK_BINDPORT_LOCK))
			key.port = event->given.port;
		break;
	case KG_AF_PACKET:	/* a frame: once a socket */
		break;
	default:	/* netlink and the like: not to anybody outside of the kernel */
		return;
	}
	key.sock = (__u64)sock;
	key.inode = BPF_CORE_READ(file, f_inode, i_ino);
	key.family = event->given.family;
	key.failed = send->result < 0;
	if (kg_is_repeated(&key))
		return;

	event->call = scratch->args.number;
	event->result = send->result;
	event->fd = scratch->args.arg[0];
	event->size = message->size;
	if (send->result == -KG_EPERM && event->given.family != KG_AF_UNIX && kg_contained(KG_DENY_NETWORK))
		event->flags |= KG_SOCKET_REFUSED;
	kg_add_socket(scratch, &event->socket, sock);
	if (!kg_tell_socket_call(scratch, false))
		bpf_map_delete_elem(&destinations, &key);	/* the next one gets its chance */
}

/* Message INDEX of a sendmmsg, or the one of a sendmsg; false when it is not readable. */
static __always_inline bool kg_read_message(struct kg_args *args, __u32 index, struct kg_message *message)
{
	if (args->compat) {
		struct kg_compat_mmsghdr header = {};

		if (bpf_probe_read_user(&header, args->number == KG_NR_SENDMSG ? sizeof(header.head) : sizeof(header),
					(void *)args->arg[1] + index * sizeof(header)))
			return false;
		message->name = (void *)(__u64)header.head.msg_name;
		message->name_length = header.head.msg_namelen;
		message->size = header.length;
	} else {
		struct mmsghdr header = {};

		if (bpf_probe_read_user(&header, args->number == KG_NR_SENDMSG ? sizeof(header.msg_hdr) : sizeof(header),
					(void *)args->arg[1] + index * sizeof(header)))
			return false;
		message->name = header.msg_hdr.msg_name;
		message->name_length = header.msg_hdr.msg_namelen;
		message->size = header.msg_len;
	}
	return message->name != 0;
}

static long kg_send_step(__u32 index, struct kg_send_context *send)
{
	struct kg_message message = {};

	if (kg_read_message(&send->scratch->args, index, &message))
		kg_on_datagram(send, &message);
	return 0;
}

/*
 * send, write and their kin arrive here too, without an address, as do all sends of a connected socket: connect has told
 * of those. A connected stream is no event a send, with one exception: TCP connects by the first send with MSG_FASTOPEN.
 */
KG_CALL_GROUP(send)
{
	struct kg_args *args = &scratch->args;
	struct kg_message message = {};
	struct file *file;
	struct sock *sock;
	__u32 messages = 1, flags;

	switch (args->number) {
	case KG_NR_SENDTO:
		message.name = (void *)args->arg[4];
		message.name_length = args->arg[5];
		message.size = args->arg[2];
		flags = args->arg[3];
		break;
	case KG_NR_SENDMSG:
		kg_read_message(args, 0, &message);
		message.size = result > 0 ? result : 0;
		flags = args->arg[2];
		break;
	case KG_NR_SENDMMSG:
		kg_read_message(args, 0, &message);
		messages = result > 0 ? result : 1;	/* it stops at the one that fails */
		flags = args->arg[3];
		break;
	default:
		return;
	}
	if (!message.name && messages == 1)
		return;
	file = kg_file(args->arg[0]);
	sock = file ? kg_sock(file) : 0;
	if (!sock)
		return;
	if (BPF_CORE_READ(sock, sk_type) == KG_SOCK_STREAM) {
		if ((flags & KG_MSG_FASTOPEN) && message.name)
			kg_on_connect(scratch, args->arg[0], file, message.name, message.name_length,
				      result < 0 ? result : 0);
		return;
	}
	struct kg_send_context send = {.scratch = scratch, .file = file, .sock = sock, .result = result};
	if (args->number == KG_NR_SENDMMSG)
		bpf_loop(messages > KG_MOST_MESSAGES ? KG_MOST_MESSAGES : messages, kg_send_step, &send, 0);
	else
		kg_on_datagram(&send, &message);
}
