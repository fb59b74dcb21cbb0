/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Environment variables, of chosen names alone: what is not asked for never gets into a record, so it never leaves the
 * kernel.
 */
#ifndef KG_ENVIRONMENT_H
#define KG_ENVIRONMENT_H

#define KG_ENVIRONMENT_NAMES 8
#define KG_ENVIRONMENT_WORDS 4
#define KG_ENVIRONMENT_SCAN 32768	/* bytes that are looked through */
#define KG_ENVIRONMENT_VARIABLES 1024	/* and variables */
#define KG_ENVIRONMENT_MAX 3072		/* bytes of variables in a record: with two paths and the arguments it fits */

/* "NAME=" padded with zeros, and ones where it has characters: compared word by word. */
struct kg_environment_name {
	__u64 text[KG_ENVIRONMENT_WORDS];
	__u64 mask[KG_ENVIRONMENT_WORDS];
};

/* Set before load; an empty one ends the list. */
const volatile struct kg_environment_name environment_names[KG_ENVIRONMENT_NAMES] SEC(".rodata.environment") = {};

static __always_inline bool kg_environment_asked(const char *variable)
{
	__u64 words[KG_ENVIRONMENT_WORDS] = {};

	bpf_probe_read_kernel(words, sizeof(words), variable);
	for (int i = 0; i < KG_ENVIRONMENT_NAMES; i++) {
		__u64 differs = 0;

		if (!environment_names[i].mask[0])
			break;
		for (int word = 0; word < KG_ENVIRONMENT_WORDS; word++)
			differs |= (words[word] ^ environment_names[i].text[word]) & environment_names[i].mask[word];
		if (!differs)
			return true;
	}
	return false;
}

/* One variable: read to the record's end, and left there if it is asked for. */
static __always_inline long kg_environment_step(struct kg_scratch *scratch, bool of_kernel)
{
	struct kg_environment *environment = &scratch->environment;
	char *variable = kg_end(scratch);
	bool rest = environment->rest;
	long length;

	if (environment->at >= environment->end) {
		environment->complete = true;
		return 1;
	}
	length = of_kernel ? bpf_probe_read_kernel_str(variable, KG_ENVIRONMENT_MAX, (void *)environment->at)
			   : bpf_probe_read_user_str(variable, KG_ENVIRONMENT_MAX, (void *)environment->at);
	if (length <= 0)
		return 1;
	/* As long as that it was cut: what comes next is its rest, not a variable. */
	environment->rest = length == KG_ENVIRONMENT_MAX;
	environment->at += length - environment->rest;
	if (rest || !kg_environment_asked(variable))
		return 0;
	if (environment->rest || scratch->length + length > environment->limit) {
		environment->cut = true;
		return 0;
	}
	scratch->length += length;
	return 0;
}

static long kg_environment_user_step(__u32 index, struct kg_walk_context *context)
{
	return kg_environment_step(context->scratch, false);
}

static long kg_environment_kernel_step(__u32 index, struct kg_walk_context *context)
{
	return kg_environment_step(context->scratch, true);
}

static __always_inline bool kg_environment_wanted(void)
{
	return environment_names[0].mask[0] != 0;
}

/*
 * Appends the variables asked for from a stretch of memory, the task's own or (of_kernel, to be a constant) a copy of it
 * in the kernel. Returns false when some may be missing.
 */
static __always_inline bool kg_scan_environment(struct kg_scratch *scratch, __u64 start, __u64 length, bool of_kernel)
{
	struct kg_environment *environment = &scratch->environment;
	struct kg_walk_context context = {.scratch = scratch};

	environment->at = start;
	environment->end = start + (length > KG_ENVIRONMENT_SCAN ? KG_ENVIRONMENT_SCAN : length);
	environment->limit = scratch->length + KG_ENVIRONMENT_MAX;
	environment->complete = false;
	environment->cut = false;
	environment->rest = false;
	if (of_kernel)
		bpf_loop(KG_ENVIRONMENT_VARIABLES, kg_environment_kernel_step, &context, 0);
	else
		bpf_loop(KG_ENVIRONMENT_VARIABLES, kg_environment_user_step, &context, 0);
	return environment->complete && !environment->cut && length <= KG_ENVIRONMENT_SCAN;
}

#endif
