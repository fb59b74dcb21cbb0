/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The record of a system call that has no kind of its own: its arguments by place, what it read or wrote in memory after
 * them, its texts. Which stands where is in docs/events.md.
 */
#ifndef KG_CALL_EVENT_H
#define KG_CALL_EVENT_H

#define KG_MOST_ARGUMENTS 8
#define KG_MOST_TEXTS 4
#define KG_TEXT_MAX 1024	/* of what is no path */
#define KG_TEXT_START_MAX (KG_SCRATCH_WRITABLE - 1 - KG_PATH_MAX)	/* beyond it a text might not fit */

#define KG_NO_DIRECTORY -1		/* for a relative path that nothing can resolve */

/* Of a text, in data: first what was given to the call with its NUL, then a path, walked. */
struct kg_text {
	__u32 given_length;
	__u32 walked_length;
	__u32 kind;
};

enum kg_text_kind {
	KG_TEXT_PLAIN,	/* as given */
	KG_TEXT_PATH,	/* as given; when relative it starts from the walked one */
	KG_TEXT_FILE,	/* the walked one alone */
};

struct kg_call {
	struct kg_header header;
	__s64 result;
	__u64 target_start_time;
	__u32 target_pid;
	__u32 number;		/* of x86-64 */
	__u32 flags;
	__u32 event_class;	/* 0 bulk, 1 precious: the ring it came through */
	__u32 argument_count;
	__u32 text_count;
	__s64 argument[KG_MOST_ARGUMENTS];
	struct kg_text text[KG_MOST_TEXTS];
	char data[];
};

static __always_inline struct kg_call *kg_begin_call(struct kg_scratch *scratch, long result)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;

	__builtin_memset(call, 0, sizeof(*call));
	kg_fill_header(&call->header, KG_CALL);
	call->result = result;
	call->number = scratch->args.number;
	call->event_class = 1;
	scratch->length = sizeof(*call);
	return call;
}

/* How many arguments and texts the event has: those not set are 0 and empty. */
static __always_inline void kg_shape(struct kg_call *call, __u32 arguments, __u32 texts)
{
	call->argument_count = arguments;
	call->text_count = texts;
}

/* The argument at this place, declared by the kernel as int or pid_t; or as uid_t and its kin, where -1 means none. */
static __always_inline void kg_int(struct kg_scratch *scratch, int place)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;

	call->argument[place] = (__s32)scratch->args.arg[place];
}

/* The same for an unsigned int. */
static __always_inline void kg_uint(struct kg_scratch *scratch, int place)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;

	call->argument[place] = (__u32)scratch->args.arg[place];
}

/* The same for a long or size_t. */
static __always_inline void kg_long(struct kg_scratch *scratch, int place)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;

	call->argument[place] = scratch->args.arg[place];
}

/* A number in the caller's memory; 0 when it cannot be read. */
static __always_inline __u32 kg_user_u32(__u64 address)
{
	__u32 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (void *)address);
	return value;
}

static __always_inline __u64 kg_user_u64(__u64 address)
{
	__u64 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (void *)address);
	return value;
}

/* A text in the caller's memory, as it is after the call; empty when it cannot be read. @most a constant */
static __always_inline void kg_text(struct kg_scratch *scratch, int place, __u64 address, __u32 most)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;

	if (scratch->length > KG_TEXT_START_MAX) {
		call->flags |= KG_CALL_TEXT_TRUNCATED;
		return;
	}
	long length = bpf_probe_read_user_str(kg_end(scratch), most, (void *)address);
	if (length <= 0)
		return;
	if (length == most)
		call->flags |= KG_CALL_TEXT_TRUNCATED;
	call->text[place].given_length = length;
	scratch->length += length;
}

/* A path that is known to the kernel, whatever the call was given; below this root, or the task's own. */
static __always_inline void kg_file_text(struct kg_scratch *scratch, int place, const struct path *root,
					 const struct path *path)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;
	__u32 start = scratch->length;

	call->text[place].kind = KG_TEXT_FILE;
	if (start > KG_TEXT_START_MAX || !kg_walk_below(scratch, root, path))
		call->flags |= KG_CALL_TEXT_TRUNCATED;
	call->text[place].walked_length = scratch->length - start;
}

/* The path of a descriptor; empty when it is none, or has no path (a pipe, a socket). */
static __always_inline void kg_descriptor_text(struct kg_scratch *scratch, int place, int descriptor)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct file *file = kg_file(descriptor);

	if (descriptor == KG_AT_FDCWD)
		kg_file_text(scratch, place, &fs->root, &fs->pwd);
	else if (file && kg_has_path(kg_magic(file)))
		kg_file_text(scratch, place, &fs->root, &file->f_path);
}

/* A path as given to the call, and what it starts from. An empty one is the directory itself, if one is given. */
static __always_inline void kg_path_text(struct kg_scratch *scratch, int place, int directory, __u64 address)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;
	struct kg_text *text = &call->text[place];

	if (scratch->length > KG_TEXT_START_MAX - KG_PATH_MAX) {
		call->flags |= KG_CALL_TEXT_TRUNCATED;
		return;
	}
	__u32 flags = kg_add_path(scratch, directory, (const char *)address, directory != KG_AT_FDCWD,
				  &text->given_length, &text->walked_length);
	if (flags & KG_OPEN_PATH_TRUNCATED)
		call->flags |= KG_CALL_TEXT_TRUNCATED;
	if (flags & KG_OPEN_PATH_RELATIVE)
		call->flags |= KG_CALL_PATH_RELATIVE;
	else
		text->kind = KG_TEXT_PATH;
}

static __always_inline void kg_target(struct kg_call *call, struct pid *pid)
{
	struct task_struct *leader = kg_pid_leader(pid);

	if (leader) {
		call->target_pid = BPF_CORE_READ(leader, tgid);
		call->target_start_time = BPF_CORE_READ(leader, start_boottime);
	}
}

static __always_inline void kg_send_call(struct kg_scratch *scratch)
{
	struct kg_call *call = (struct kg_call *)scratch->bytes;
	__u64 size = scratch->length & (KG_SCRATCH_WRITABLE - 1);

	if (call->event_class)
		precious_send(call, size);
	else
		bulk_send(call, size);
}

#endif
