/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What is behind a descriptor: its type and, of a socket, both ends as the kernel itself knows them. */
#ifndef KG_DESCRIPTOR_H
#define KG_DESCRIPTOR_H

#define KG_AF_UNIX 1
#define KG_AF_INET 2
#define KG_AF_INET6 10
#define KG_SOCK_RAW 3
#define KG_SUN_PATH 108
#define KG_SUN_PATH_MASK 127	/* for verifiers that lose sight of the above */

#define KG_S_IFMT 0170000
#define KG_SOCKFS_MAGIC 0x534f434b	/* linux/magic.h */
#define KG_ANON_INODE_MAGIC 0x09041934
#define KG_PIPEFS_MAGIC 0x50495045
#define KG_NSFS_MAGIC 0x6e736673
#define KG_PIDFS_MAGIC 0x50494446

/* Part of a record; the addresses stand in the record's data, first the local one, then the remote one. */
struct kg_socket {
	__u32 family;
	__u32 type;
	__u32 protocol;
	__u32 local_port;	/* host byte order; 0 where the family has none */
	__u32 remote_port;
	__u32 local_length;	/* 4 or 16 bytes of IP address, or sun_path; 0: not bound, not connected, unnamed */
	__u32 remote_length;
	__u32 reserved;
};

/* Of the file system that the file lies in: what kind of thing it is. */
static __always_inline __u64 kg_magic(struct file *file)
{
	return KG_READ(file, f_inode, i_sb, s_magic);
}

/* The S_IFMT bits; 0 for what has none to show: eventfd, epoll, timerfd, … (newer kernels call those regular). */
static __always_inline __u32 kg_file_type(struct file *file, __u64 magic)
{
	return magic == KG_ANON_INODE_MAGIC ? 0 : KG_READ(file, f_inode, i_mode) & KG_S_IFMT;
}

/*
 * Sockets, pipes, namespaces and their like have none: their own root dentry would be taken for one. Some can be opened
 * all the same, through /proc/PID/ns and /proc/PID/fd.
 */
static __always_inline bool kg_has_path(__u64 magic)
{
	return magic != KG_PIPEFS_MAGIC && magic != KG_ANON_INODE_MAGIC && magic != KG_SOCKFS_MAGIC &&
	       magic != KG_NSFS_MAGIC && magic != KG_PIDFS_MAGIC;
}

/* NULL when the file is no socket. A socket's name in a file system, opened with O_PATH, is none. */
static __always_inline struct sock *kg_sock(struct file *file)
{
	struct socket *socket;

	if (kg_magic(file) != KG_SOCKFS_MAGIC)
		return 0;
	socket = KG_READ(file, private_data);
	return KG_READ(socket, sk);
}

/* Appends the address; its length. */
static __always_inline __u32 kg_add_address(struct kg_scratch *scratch, const void *address, __u32 length)
{
	if (length > KG_SUN_PATH)
		length = KG_SUN_PATH;
	barrier_var(length);
	length &= KG_SUN_PATH_MASK;
	if (bpf_probe_read_kernel(kg_end(scratch), length, address))
		return 0;
	scratch->length += length;
	return length;
}

/* Appends the name that a Unix socket is bound to; its length. */
static __always_inline __u32 kg_add_unix_name(struct kg_scratch *scratch, struct unix_sock *sock)
{
	struct unix_address *address = KG_READ(sock, addr);
	int length = address ? KG_READ(address, len) : 0;
	int head = sizeof(__kernel_sa_family_t);

	return length > head ? kg_add_address(scratch, (void *)&address->name[0] + head, length - head) : 0;
}

/* Fills SOCKET, which may lie in the record, and appends both addresses to the record's data. */
static __always_inline void kg_add_socket(struct kg_scratch *scratch, struct kg_socket *socket, struct sock *sock)
{
	__u32 address;

	socket->family = KG_READ(sock, __sk_common.skc_family);
	socket->type = KG_READ(sock, sk_type);
	socket->protocol = KG_READ(sock, sk_protocol);
	socket->local_port = 0;
	socket->remote_port = 0;
	socket->local_length = 0;
	socket->remote_length = 0;
	socket->reserved = 0;
	if (socket->family == KG_AF_UNIX && bpf_core_type_exists(struct unix_sock)) {
		struct unix_sock *own = (void *)sock;
		struct sock *peer = KG_READ(own, peer);

		socket->local_length = kg_add_unix_name(scratch, own);
		if (peer)
			socket->remote_length = kg_add_unix_name(scratch, (void *)peer);
		return;
	}
	if (socket->family != KG_AF_INET && socket->family != KG_AF_INET6)
		return;
	if (socket->type != KG_SOCK_RAW) {	/* of a raw socket it is the protocol */
		socket->local_port = KG_READ(sock, __sk_common.skc_num);
		socket->remote_port = bpf_ntohs(KG_READ(sock, __sk_common.skc_dport));
	}
	if (socket->family == KG_AF_INET) {
		address = KG_READ(sock, __sk_common.skc_rcv_saddr);
		if (address || socket->local_port)
			socket->local_length = kg_add_address(scratch, &sock->__sk_common.skc_rcv_saddr, 4);
		address = KG_READ(sock, __sk_common.skc_daddr);
		if (address || socket->remote_port)
			socket->remote_length = kg_add_address(scratch, &sock->__sk_common.skc_daddr, 4);
	} else {
		struct in6_addr local = KG_READ(sock, __sk_common.skc_v6_rcv_saddr);
		struct in6_addr remote = KG_READ(sock, __sk_common.skc_v6_daddr);
		__u64 *local_words = (void *)&local, *remote_words = (void *)&remote;

		if (local_words[0] || local_words[1] || socket->local_port)
			socket->local_length = kg_add_address(scratch, &sock->__sk_common.skc_v6_rcv_saddr, 16);
		if (remote_words[0] || remote_words[1] || socket->remote_port)
			socket->remote_length = kg_add_address(scratch, &sock->__sk_common.skc_v6_daddr, 16);
	}
}

#endif
