// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* open, openat, openat2, creat. */

#define KG_NR_OPEN 2
#define KG_NR_CREAT 85
#define KG_NR_OPENAT 257
#define KG_NR_OPENAT2 437
#define KG_O_ACCMODE 03
#define KG_O_CREAT 0100
#define KG_O_TRUNC 01000
#define KG_O_TMPFILE 020000000	/* without O_DIRECTORY, which is part of it for callers */
#define KG_O_CREAT_WRONLY_TRUNC 01101	/* what creat(2) stands for */

/*
 * The file that was opened is asked for its own path: links and ".." resolved, and nothing that another thread may
 * write into the caller's memory after the call can change it. Only a failed open has to be believed what it was given.
 */
static __always_inline void kg_on_open(struct kg_scratch *scratch, int directory, const char *given, __u32 flags,
				       __u32 mode, long result)
{
	struct kg_open *event = (struct kg_open *)scratch->bytes;
	struct file *file = result >= 0 ? kg_file(result) : 0;

	kg_fill_header(&event->header, KG_OPEN);
	event->result = result;
	event->flags = flags;
	event->mode = flags & (KG_O_CREAT | KG_O_TMPFILE) ? mode : 0;
	event->path_flags = 0;
	event->file_type = 0;
	event->repeats = 0;
	event->opened = 0;
	event->reserved = 0;
	scratch->length = sizeof(*event);

	if (file) {
		__u32 length = kg_add_given(scratch, given);
		__u64 magic;

		if (settings.open_repeat_ns && !(flags & (KG_O_ACCMODE | KG_O_CREAT | KG_O_TRUNC | KG_O_TMPFILE)) &&
		    kg_open_repeated(&event->header, file, flags, length, &event->repeats))
			return;
		magic = kg_magic(file);
		event->file_type = kg_file_type(file, magic);
		event->opened = kg_has_path(magic);
		event->given_length = length;
		if (!length)
			event->path_flags |= KG_OPEN_RAW_UNREADABLE;
	}
	if (event->opened) {
		if (!kg_walk_path(scratch, &file->f_path))
			event->path_flags |= KG_OPEN_PATH_TRUNCATED;
		event->walked_length = scratch->length - sizeof(*event) - event->given_length;
	} else {	/* failed, closed again by another thread, or something without a path */
		scratch->length = sizeof(*event);
		event->path_flags = kg_add_path(scratch, directory, given, false, &event->given_length,
						&event->walked_length);
	}
	bulk_send(event, scratch->length & (KG_SCRATCH_WRITABLE - 1));
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
