/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A path as given to a system call, and what it starts from when it is relative. The start is the kernel's own object;
 * the given part is text, read from the caller's memory after the call, and is put behind the start by name alone: a
 * link in the middle of it is not followed, and another thread can have changed it.
 */
#ifndef KG_GIVEN_H
#define KG_GIVEN_H

#define KG_AT_FDCWD -100

/* Appends the path with its NUL; its length, 0 when it cannot be read. */
static __always_inline __u32 kg_add_given(struct kg_scratch *scratch, const char *given)
{
	long length = bpf_probe_read_user_str(kg_end(scratch), KG_PATH_MAX, given);

	if (length <= 0)
		return 0;
	scratch->length += length;
	return length;
}

/* Appends the descriptor's own path, walked. */
static __always_inline bool kg_walk_descriptor(struct kg_scratch *scratch, int descriptor)
{
	struct file *file;

	if (descriptor == KG_AT_FDCWD)
		return kg_walk_cwd(scratch);
	file = kg_file(descriptor);
	return file && kg_has_path(kg_magic(file)) && kg_walk_path(scratch, &file->f_path);
}

/*
 * Appends both and fills their lengths. An empty path is the descriptor itself where EMPTY_PATH allows it. Returns the
 * path's flags: KG_OPEN_PATH_….
 */
static __always_inline __u32 kg_add_path(struct kg_scratch *scratch, int directory, const char *given, bool empty_path,
					 __u32 *given_length, __u32 *walked_length)
{
	const char *text = kg_end(scratch);
	__u32 length = kg_add_given(scratch, given);
	__u32 flags = length == KG_PATH_MAX ? KG_OPEN_PATH_TRUNCATED : 0;
	__u32 start = scratch->length;
	bool resolved;

	*given_length = length;
	*walked_length = 0;
	if (length && text[0] == '/')
		return flags;
	if (length <= 1 && !empty_path)	/* ENOENT, or not readable: EFAULT */
		return flags | KG_OPEN_PATH_RELATIVE;
	resolved = kg_walk_descriptor(scratch, directory);
	*walked_length = scratch->length - start;
	return resolved ? flags : flags | KG_OPEN_PATH_RELATIVE;
}

#endif
