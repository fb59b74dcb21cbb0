/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Rings, each with the counter of what it could not take. */
#ifndef KG_RING_H
#define KG_RING_H

/* Shared with the collector, which maps it: in both directions without a system call. */
struct kg_reader {
	__u32 idle;		/* set by the reader when it is about to wait for a wake-up; whoever wakes it clears it */
	__u32 reserved[15];	/* what is written at each loss stays off the cache line that each event reads */
	__u64 precious_lost;
	__u64 bulk_lost;
};

volatile struct kg_reader reader SEC(".data.reader") = {};

/*
 * Declares the ring NAME together with NAME_send() which counts its own failure in reader.NAME_lost: there is no other
 * way to send, so nothing is lost without being counted. The collector sets the real size before load.
 *
 * As long as there are events the reader polls: waking a thread for every event costs the system call being watched more
 * than the event itself. Only a ring that is a quarter full wakes it early. When nothing has come for a while the reader
 * says that it is idle, and the first event wakes it. That is looked at when the record is in the ring, as the reader
 * looks into the rings when it has said so: one of the two sees the other.
 */
#define KG_RING(name)                                                                                     \
	struct {                                                                                          \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                                                       \
		__uint(max_entries, 1 << 20);                                                             \
	} name SEC(".maps");                                                                              \
	static __always_inline void name##_lose(void)                                                     \
	{                                                                                                 \
		__sync_fetch_and_add(&reader.name##_lost, 1);                                             \
	}                                                                                                 \
	static __always_inline bool name##_send(void *record, __u64 size)                                 \
	{                                                                                                 \
		bool quarter_full = bpf_ringbuf_query(&name, BPF_RB_AVAIL_DATA) >= settings.name##_quarter; \
		if (bpf_ringbuf_output(&name, record, size,                                               \
				       quarter_full ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP)) {          \
			name##_lose();                                                                    \
			return false;                                                                     \
		}                                                                                         \
		if (reader.idle) {                                                                        \
			reader.idle = 0;                                                                  \
			void *nothing = bpf_ringbuf_reserve(&name, 8, 0);                                 \
			if (nothing) /* else the ring is full, and that has woken it */                   \
				bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);                        \
		}                                                                                         \
		return true;                                                                              \
	}

#endif
