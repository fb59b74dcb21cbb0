/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Record of a change of the tree of files. */
#ifndef KG_FILE_CHANGE_H
#define KG_FILE_CHANGE_H

struct kg_file_change {
	struct kg_header header;
	__u32 number;		/* of the system call, as x86-64 counts */
	__s32 result;
	__u32 mode;
	__u32 owner;		/* -1: the call has none, or leaves it */
	__u32 group;
	__u32 device;
	__u32 flags;
	__u32 path_flags;	/* KG_OPEN_PATH_…; shifted left by 2: of the second */
	__u32 given_length;	/* then in data: as given with its NUL, what a relative one starts from; the same of … */
	__u32 walked_length;
	__u32 second_given_length;	/* … the second */
	__u32 second_walked_length;
	__u32 precious;		/* sent so */
	__u32 reserved;
	char data[];
};

#endif
