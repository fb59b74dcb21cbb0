// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* open, openat, openat2, creat. */

#define KG_NR_OPEN 2
#define KG_NR_CREAT 85
#define KG_NR_OPENAT 257
#define KG_NR_OPENAT2 437
#define KG_AT_FDCWD -100
#define KG_O_CREAT 0100
#define KG_O_TMPFILE 020200000
#define KG_O_CREAT_WRONLY_TRUNC 01101	/* what creat(2) stands for */

/* The path as given to the call and, when it is relative, what it starts from. */
static __always_inline void kg_given_path(struct kg_scratch *scratch, struct kg_open *event, int directory,
					  const char *given)
{
	long length = bpf_probe_read_user_str(event->data, KG_PATH_MAX, given);
	bool resolved;

	if (length <= 0) {	/* not readable: EFAULT */
		event->path_flags |= KG_OPEN_PATH_RELATIVE;
		return;
	}
	if (length == KG_PATH_MAX)
		event->path_flags |= KG_OPEN_PATH_TRUNCATED;
	event->given_length = length;
	scratch->length += length;
	if (event->data[0] == '/')
		return;
	if (directory == KG_AT_FDCWD) {
		resolved = kg_walk_cwd(scratch);
	} else {
		struct file *file = kg_file(directory);
		resolved = file && kg_walk_path(scratch, &file->f_path);
	}
	if (!resolved)
		event->path_flags |= KG_OPEN_PATH_RELATIVE;
}

/*
 * The file that was opened is asked for its own path: links and ".." resolved, and nothing that another thread may
 * write into the caller's memory after the call can change it. Only a failed open has to be believed what it was given.
 */
static __always_inline void kg_on_open(struct kg_scratch *scratch, int directory, const char *given, __u32 flags,
				       __u32 mode, long result)
{
	struct kg_open *event = (struct kg_open *)scratch->bytes;
	struct file *file = 0;

	kg_fill_header(&event->header, KG_OPEN, (void *)bpf_get_current_task());
	event->result = result;
	event->flags = flags;
	event->mode = flags & (KG_O_CREAT | KG_O_TMPFILE) ? mode : 0;
	event->path_flags = 0;
	event->given_length = 0;
	scratch->length = sizeof(*event);

	if (result >= 0)
		file = kg_file(result);
	if (file) {
		if (!kg_walk_path(scratch, &file->f_path))
			event->path_flags |= KG_OPEN_PATH_TRUNCATED;
	} else {	/* failed, or closed again by another thread */
		kg_given_path(scratch, event, directory, given);
	}
	event->walked_length = scratch->length - sizeof(*event) - event->given_length;
	bulk_send(event, scratch->length & (KG_SCRATCH_WRITABLE - 1), kg_wake_when_quarter_full(&bulk));
}

KG_CALL_GROUP(open)
{
	struct kg_args *args = &scratch->args;
	struct open_how how = {};

	switch (args->number) {
	case KG_NR_OPEN:
		kg_on_open(scratch, KG_AT_FDCWD, (const char *)args->arg[0], args->arg[1], args->arg[2], result);
		break;
	case KG_NR_CREAT:
		kg_on_open(scratch, KG_AT_FDCWD, (const char *)args->arg[0], KG_O_CREAT_WRONLY_TRUNC, args->arg[1],
			   result);
		break;
	case KG_NR_OPENAT:
		kg_on_open(scratch, args->arg[0], (const char *)args->arg[1], args->arg[2], args->arg[3], result);
		break;
	case KG_NR_OPENAT2:
		bpf_probe_read_user(&how, sizeof(how), (void *)args->arg[2]);
		kg_on_open(scratch, args->arg[0], (const char *)args->arg[1], how.flags, how.mode, result);
		break;
	}
}

KG_CALL_FEXIT(open, openat)
KG_CALL_FEXIT(open, open)
KG_CALL_FEXIT(open, openat2)
KG_CALL_FEXIT(open, creat)
