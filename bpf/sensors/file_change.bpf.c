// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* rename, link, symlink, unlink, mkdir, rmdir, mknod, chmod, chown and their kin. */

#define KG_NR_RENAME 82
#define KG_NR_MKDIR 83
#define KG_NR_RMDIR 84
#define KG_NR_LINK 86
#define KG_NR_UNLINK 87
#define KG_NR_SYMLINK 88
#define KG_NR_CHMOD 90
#define KG_NR_FCHMOD 91
#define KG_NR_CHOWN 92
#define KG_NR_FCHOWN 93
#define KG_NR_LCHOWN 94
#define KG_NR_MKNOD 133
#define KG_NR_MKDIRAT 258
#define KG_NR_MKNODAT 259
#define KG_NR_FCHOWNAT 260
#define KG_NR_UNLINKAT 263
#define KG_NR_RENAMEAT 264
#define KG_NR_LINKAT 265
#define KG_NR_SYMLINKAT 266
#define KG_NR_FCHMODAT 268
#define KG_NR_RENAMEAT2 316
#define KG_NR_FCHMODAT2 452
#define KG_AT_EMPTY_PATH 0x1000
#define KG_MODE_BITS 0177777	/* a umode_t */
#define KG_S_ISUID_ISGID 06000

/* What a call was given, one shape for all of them. */
struct kg_change {
	int directory;
	int second_directory;
	const char *given;	/* NULL: the descriptor itself */
	const char *second;	/* NULL: the call has one path */
	bool second_is_text;	/* what a symlink says is not a path of the caller's */
	bool precious;
};

static __always_inline void kg_change_mode(struct kg_file_change *event, struct kg_change *change, __u64 mode)
{
	event->mode = mode & KG_MODE_BITS;
	change->precious |= !!(mode & KG_S_ISUID_ISGID);
}

static __always_inline void kg_change_owner(struct kg_file_change *event, __u64 owner, __u64 group)
{
	event->owner = owner;
	event->group = group;
}

/* False for a call that is none of these. */
static __always_inline bool kg_read_change(struct kg_file_change *event, struct kg_change *change,
					   const struct kg_args *args)
{
	const __u64 *arg = args->arg;

	switch (args->number) {
	case KG_NR_RENAME:
	case KG_NR_LINK:
		change->given = (const char *)arg[0];
		change->second = (const char *)arg[1];
		change->precious = args->number == KG_NR_LINK;
		return true;
	case KG_NR_RENAMEAT:
	case KG_NR_RENAMEAT2:
	case KG_NR_LINKAT:
		change->directory = arg[0];
		change->given = (const char *)arg[1];
		change->second_directory = arg[2];
		change->second = (const char *)arg[3];
		change->precious = args->number == KG_NR_LINKAT;
		if (args->number != KG_NR_RENAMEAT)
			event->flags = arg[4];
		return true;
	case KG_NR_SYMLINK:
	case KG_NR_SYMLINKAT:
		change->second = (const char *)arg[0];
		change->second_is_text = true;
		change->precious = true;
		if (args->number == KG_NR_SYMLINKAT)
			change->directory = arg[1];
		change->given = (const char *)(args->number == KG_NR_SYMLINKAT ? arg[2] : arg[1]);
		return true;
	case KG_NR_UNLINK:
	case KG_NR_RMDIR:
		change->given = (const char *)arg[0];
		return true;
	case KG_NR_UNLINKAT:
		change->directory = arg[0];
		change->given = (const char *)arg[1];
		event->flags = arg[2];
		return true;
	case KG_NR_MKNOD:
		event->device = arg[2];
		change->precious = true;
		/* fall through */
	case KG_NR_MKDIR:
	case KG_NR_CHMOD:
		change->given = (const char *)arg[0];
		kg_change_mode(event, change, arg[1]);
		return true;
	case KG_NR_MKNODAT:
		event->device = arg[3];
		change->precious = true;
		/* fall through */
	case KG_NR_MKDIRAT:
	case KG_NR_FCHMODAT:
	case KG_NR_FCHMODAT2:
		change->directory = arg[0];
		change->given = (const char *)arg[1];
		kg_change_mode(event, change, arg[2]);
		if (args->number == KG_NR_FCHMODAT2)
			event->flags = arg[3];
		return true;
	case KG_NR_FCHMOD:
		change->directory = arg[0];
		kg_change_mode(event, change, arg[1]);
		return true;
	case KG_NR_CHOWN:
	case KG_NR_LCHOWN:
		change->given = (const char *)arg[0];
		kg_change_owner(event, arg[1], arg[2]);
		return true;
	case KG_NR_FCHOWN:
		change->directory = arg[0];
		kg_change_owner(event, arg[1], arg[2]);
		return true;
	case KG_NR_FCHOWNAT:
		change->directory = arg[0];
		change->given = (const char *)arg[1];
		kg_change_owner(event, arg[2], arg[3]);
		event->flags = arg[4];
		return true;
	}
	return false;
}

/*
 * The object itself cannot be asked for its path as an opened file can: at the end of the call nothing holds it, and
 * after a rename or unlink it is no longer there. So a path is the start (the kernel's own: working directory or
 * descriptor, links resolved) and, behind it, the given components by name: see given.h.
 *
 * Links and device nodes are rare and what attacks are made of, a setuid bit too; a busy server may do the others by the
 * thousand.
 */
KG_CALL_GROUP(file_change)
{
	struct kg_file_change *event = (struct kg_file_change *)scratch->bytes;
	struct kg_change change = {.directory = KG_AT_FDCWD, .second_directory = KG_AT_FDCWD};
	bool by_descriptor;
	__u64 size;

	event->mode = 0;
	event->owner = -1;
	event->group = -1;
	event->device = 0;
	event->flags = 0;
	if (!kg_read_change(event, &change, &scratch->args))
		return;
	kg_fill_header(&event->header, KG_FILE_CHANGE);
	event->number = scratch->args.number;
	event->result = result;
	event->second_given_length = 0;
	event->second_walked_length = 0;
	event->precious = change.precious;
	event->reserved = 0;
	scratch->length = sizeof(*event);

	by_descriptor = event->number == KG_NR_FCHMOD || event->number == KG_NR_FCHOWN;
	if (by_descriptor && change.directory == KG_AT_FDCWD)	/* which stands for nothing there: EBADF */
		change.directory = -1;
	event->path_flags = kg_add_path(scratch, change.directory, change.given,
					by_descriptor || (event->flags & KG_AT_EMPTY_PATH), &event->given_length,
					&event->walked_length);
	if (change.second_is_text) {
		event->second_given_length = kg_add_given(scratch, change.second);
		if (event->second_given_length == KG_PATH_MAX)
			event->path_flags |= KG_OPEN_PATH_TRUNCATED << 2;
	} else if (change.second) {
		event->path_flags |= kg_add_path(scratch, change.second_directory, change.second, false,
						 &event->second_given_length, &event->second_walked_length) << 2;
	}

	size = scratch->length & (KG_SCRATCH_WRITABLE - 1);
	if (event->precious)
		precious_send(event, size);
	else
		bulk_send(event, size);
}
