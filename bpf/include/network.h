/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Records of the network sensors. The Java side is NetworkRecords and DnsRecords of io.kubeguardian.collector.event. */
#ifndef KG_NETWORK_H
#define KG_NETWORK_H

#define KG_MOST_DNS_BYTES 1232	/* bytes of a message that are kept: what resolvers send without fragments today */

/* Flag bits: the values of io.kubeguardian.schema.EventBits. */
#define KG_SOCKET_REFUSED 1
#define KG_SOCKET_ADDRESS_TRUNCATED 2

#define KG_DNS_TRUNCATED 1
#define KG_DNS_SERVER 4
#define KG_DNS_UNASKED 8

/* An address as given to a call; its bytes stand in the record's data, before those of its struct kg_socket. */
struct kg_given_address {
	__u32 family;
	__u32 port;		/* host byte order; 0 where the family has none */
	__u32 address_length;	/* 4 or 16 bytes of IP address, or sun_path */
	__u32 cwd_length;	/* then, when sun_path is relative: the working directory, walked */
};

struct kg_connect {
	struct kg_header header;
	__s32 result;
	__s32 fd;
	__u32 flags;
	__u32 reserved;
	struct kg_given_address given;
	struct kg_socket socket;	/* as it is after the call; family 0: not known, and so is fd */
	char data[];
};

struct kg_socket_call {
	struct kg_header header;
	__s64 size;		/* bytes to be sent, or the backlog */
	__s32 result;
	__s32 fd;
	__u32 call;		/* number of x86-64 */
	__u32 flags;
	__u32 precious;		/* whether the precious ring took it */
	__u32 reserved;
	struct kg_given_address given;	/* where to, or what to be bound to */
	struct kg_socket socket;
	char data[];
};

struct kg_dns {
	struct kg_header header;	/* pid 0: the process is not known */
	__u32 size;		/* of the message */
	__u32 flags;
	__u32 server_port;
	__u32 server_length;	/* then in data: 4 or 16 bytes of IP address */
	__u32 message_length;	/* and as much of the message as is kept */
	__u32 reserved;
	char data[];
};

#endif
