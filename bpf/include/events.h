/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * What the kernel side and the collector agree on: records in the rings, keys and values of the maps.
 * The Java side is io.kubeguardian.collector.event.KernelLayouts; StructLayoutTest compares both through BTF.
 * Included after vmlinux.h. All numbers little endian (the host's), all structs free of implicit padding.
 */
#ifndef KG_EVENTS_H
#define KG_EVENTS_H

#define KG_COMM 16
#define KG_PATH_MAX 4096
#define KG_ARGS_MAX 4096

enum kg_type {
	KG_EXEC = 1,
	KG_FORK = 2,
	KG_EXIT = 3,
	KG_OPEN = 4,
	KG_CONNECT = 5,
	KG_CGROUP_MKDIR = 6,
	KG_CGROUP_RMDIR = 7,
	KG_FILE_CHANGE = 8,
	KG_SOCKET_CALL = 9,
	KG_DNS = 10,
	KG_DUP = 11,
	KG_CALL = 12,
};

/* Flag bits: the values of io.kubeguardian.schema.EventBits. */
#define KG_EXEC_ARGS_TRUNCATED 1
#define KG_EXEC_UPPER_LAYER 2
#define KG_EXEC_MEMFD 4
#define KG_EXEC_KILLED 8
#define KG_EXEC_PATH_TRUNCATED 16
#define KG_EXEC_FOUND_RUNNING 32
#define KG_EXEC_WRITABLE 64
#define KG_EXEC_ENVIRONMENT_TRUNCATED 256

#define KG_OPEN_PATH_TRUNCATED 1
#define KG_OPEN_PATH_RELATIVE 2
#define KG_OPEN_RAW_UNREADABLE 4

#define KG_CONNECT_REFUSED 1
#define KG_CONNECT_ADDRESS_TRUNCATED 2

#define KG_CALL_TEXT_TRUNCATED 1
#define KG_CALL_PATH_RELATIVE 2

/* Head of every record. */
struct kg_header {
	__u64 time;		/* bpf_ktime_get_boot_ns */
	__u64 cgroup;		/* id of the cgroup v2 of the task */
	__u64 start_time;	/* start_boottime of the thread-group leader, ns since boot */
	__u32 type;		/* enum kg_type */
	__u32 pid;		/* thread-group id, host */
	__u32 container_pid;	/* thread-group id in the task's own pid namespace */
	__u32 uid;
	__u32 gid;
	char comm[KG_COMM];
	__u32 reserved;
};

/*
 * Paths are carried as the walk finds them: last component first, each ended by a slash. "token/secrets/run/" is
 * /run/secrets/token; nothing at all is /. The collector turns them round, outside of the kernel.
 */
struct kg_fork {
	struct kg_header header;	/* the parent; cgroup is the child's */
	__u64 child_start_time;
	__u32 child_pid;
	__u32 child_container_pid;
};

struct kg_exit {
	struct kg_header header;
	__s32 status;		/* as of wait(2) */
	__u32 reserved;
};

struct kg_open {
	struct kg_header header;
	__s32 result;
	__u32 flags;
	__u32 mode;
	__u32 path_flags;
	__u32 given_length;	/* then in data: the path as given to the call with its NUL */
	__u32 walked_length;	/* the opened file's path, or what a relative given path starts from; walked */
	__u32 file_type;	/* S_IFMT bits */
	__u32 repeats;		/* as many like this were not sent, see repeat.h */
	__u32 opened;		/* the walked path is the opened file's */
	__u32 reserved;
	char data[];
};

struct kg_cgroup {
	struct kg_header header;	/* cgroup is the one made or removed; the task made or removed it */
	__u32 path_length;	/* then in data: path below the root of cgroup v2 */
	__u32 reserved;
	char data[];
};

/* Set before load. */
struct kg_settings {
	__u64 root_cgroup;	/* only tasks in this cgroup or below it are looked at */
	__u32 root_level;	/* its depth below the root of cgroup v2 */
	__u32 count_calls;	/* whether every system call is counted, or only those with a sensor are looked at */
	__u64 precious_quarter;	/* of the ring, bytes: more than that lying in it wakes the reader */
	__u64 bulk_quarter;
	__u64 open_repeat_ns;	/* opens like one sent less than this ago are only counted; 0: all are sent */
};

#endif
