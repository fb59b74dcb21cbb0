/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Record of a descriptor that gets a second number. */
#ifndef KG_DUP_H
#define KG_DUP_H

#define KG_DUP_PATH_TRUNCATED 1

struct kg_dup {
	struct kg_header header;
	__u32 number;		/* of the system call, as x86-64 counts */
	__s32 fd;
	__s32 result;
	__u32 flags;
	__u32 opened;		/* there is such a descriptor: what follows describes it */
	__u32 file_type;	/* S_IFMT bits, 0: none of those */
	__u32 path_length;	/* then in data: the path, walked, of what is no socket; else the socket's addresses */
	__u32 precious;		/* sent so */
	struct kg_socket socket;	/* family 0: none */
	char data[];
};

#endif
