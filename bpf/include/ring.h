/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Rings, each with the counter of what it could not take. */
#ifndef KG_RING_H
#define KG_RING_H

/*
 * Declares the ring NAME together with NAME_lost (per CPU), and NAME_send() which counts its own failure: there is
 * no other way to send, so nothing is lost without being counted. The collector sets the real size before load.
 */
#define KG_RING(name)                                                                                     \
	struct {                                                                                          \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                                                       \
		__uint(max_entries, 1 << 20);                                                             \
	} name SEC(".maps");                                                                              \
	struct {                                                                                          \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                  \
		__uint(max_entries, 1);                                                                   \
		__type(key, __u32);                                                                       \
		__type(value, __u64);                                                                     \
	} name##_lost SEC(".maps");                                                                       \
	static __always_inline void name##_lose(void)                                                     \
	{                                                                                                 \
		__u32 zero = 0;                                                                           \
		__u64 *lost = bpf_map_lookup_elem(&name##_lost, &zero);                                   \
		if (lost)                                                                                 \
			__sync_fetch_and_add(lost, 1);                                                    \
	}                                                                                                 \
	static __always_inline bool name##_send(void *record, __u64 size, __u64 flags)                    \
	{                                                                                                 \
		if (!bpf_ringbuf_output(&name, record, size, flags))                                      \
			return true;                                                                      \
		name##_lose();                                                                            \
		return false;                                                                             \
	}

/*
 * For a ring whose reader polls: waking a thread for every event costs the system call being watched more than the
 * event itself. Only a ring that is a quarter full wakes its reader early.
 */
#define kg_wake_when_quarter_full(ring)                                                                   \
	(bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) >= bpf_ringbuf_query(ring, BPF_RB_RING_SIZE) / 4      \
		 ? BPF_RB_FORCE_WAKEUP                                                                    \
		 : BPF_RB_NO_WAKEUP)

#endif
