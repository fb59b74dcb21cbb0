/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Members of the kernel's structures by plain loads. bpf_probe_read_kernel() is a call for each, which costs ten times
 * as much, and more on processors whose returns have to be made safe. What bpf_get_current_task_btf() returns can be
 * loaded from on every kernel supported; any other address since 6.2, where bpf_rdonly_cast() gives it a type. Both read
 * as safely: where nothing is mapped they see zeros.
 */
#ifndef KG_READ_H
#define KG_READ_H

extern void *bpf_rdonly_cast(const void *obj__ign, __u32 btf_id__k) __weak __ksym;

/* A constant at load, so the verifier sees one branch only. Of the same kernel (6.2), and what is asked for can be seen. */
#define KG_TYPED bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_cgrp_storage_get)

/* As BPF_CORE_READ(): the member at the end of a chain of pointers. POINTER is not const. */
#define KG_READ(pointer, ...)                                                                             \
	(KG_TYPED ? ___kg_arrow((typeof(pointer))bpf_rdonly_cast(                                         \
					pointer, bpf_core_type_id_kernel(typeof(*(pointer)))),            \
				__VA_ARGS__)                                                              \
		  : BPF_CORE_READ(pointer, __VA_ARGS__))
#define ___kg_arrow(pointer, ...) ___apply(___kg_arrow, ___narg(__VA_ARGS__))(pointer, __VA_ARGS__)
#define ___kg_arrow1(pointer, a) (pointer)->a
#define ___kg_arrow2(pointer, a, b) (pointer)->a->b
#define ___kg_arrow3(pointer, a, b, c) (pointer)->a->b->c

/* Eight bytes, wherever they are: by way of a structure that every kernel has and that begins with so many. */
static __always_inline __u64 kg_read_word(const void *address)
{
	struct timespec64 *words = (struct timespec64 *)address;

	return KG_READ(words, tv_sec);
}

#endif
