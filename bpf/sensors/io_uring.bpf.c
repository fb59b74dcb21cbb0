// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Opens and connections that no system call of their own makes: they are submitted through io_uring. */

#define KG_NR_CONNECT 42
#define KG_IORING_OP_CONNECT 16	/* linux/io_uring.h */
#define KG_IORING_OP_OPENAT 18
#define KG_IORING_OP_OPENAT2 28
#define KG_REQ_F_FIXED_FILE 1	/* linux/io_uring_types.h: the descriptor is one of the ring's own */
#define KG_O_LARGEFILE 0100000	/* io_uring adds it */
#define KG_EINPROGRESS 115

static __always_inline bool kg_opens(__u8 opcode)
{
	return opcode == KG_IORING_OP_OPENAT || opcode == KG_IORING_OP_OPENAT2;
}

/* As if openat(2) had just returned so; without the path when that is known from the file. */
static __always_inline void kg_as_openat(struct kg_scratch *scratch, struct io_kiocb *request, bool path, long result)
{
	struct io_open *open = (void *)&request->cmd;
	struct kg_args *args = &scratch->args;

	args->compat = 0;
	args->number = KG_NR_OPENAT;
	args->arg[0] = BPF_CORE_READ(open, dfd);
	args->arg[1] = path ? (__u64)BPF_CORE_READ(open, filename, uptr) : 0;
	args->arg[2] = BPF_CORE_READ(open, how.flags) & ~KG_O_LARGEFILE;
	args->arg[3] = BPF_CORE_READ(open, how.mode);
	kg_handle_open(scratch, result);
}

static __always_inline void kg_as_connect(struct kg_scratch *scratch, struct io_kiocb *request, long result)
{
	struct io_connect *connect = (void *)&request->cmd;
	struct kg_args *args = &scratch->args;

	args->compat = 0;
	args->number = KG_NR_CONNECT;
	args->arg[0] = BPF_CORE_READ(request, flags) & KG_REQ_F_FIXED_FILE ? -1 : BPF_CORE_READ(request, cqe.fd);
	args->arg[1] = (__u64)BPF_CORE_READ(connect, addr);
	args->arg[2] = BPF_CORE_READ(connect, addr_len);
	kg_handle_connect(scratch, result);
}

/*
 * Submitted, by the task itself or by its ring's own thread (which is of the same process and cgroup). What comes of it is
 * not known yet, and a request can ask that nobody be told: so each is told here.
 */
static __always_inline int kg_on_submit(struct io_kiocb *request)
{
	__u8 opcode = BPF_CORE_READ(request, opcode);

	if ((!kg_opens(opcode) && opcode != KG_IORING_OP_CONNECT) || !kg_monitored())
		return 0;
	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return 0;
	if (kg_opens(opcode))
		kg_as_openat(scratch, request, true, -KG_EINPROGRESS);
	else
		kg_as_connect(scratch, request, -KG_EINPROGRESS);
	kg_put_scratch(scratch);
	return 0;
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(kg_io_uring_submit_req, struct io_kiocb *request)
{
	return kg_on_submit(request);
}

/* Its name before Linux 6.3. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(kg_io_uring_submit_sqe, struct io_kiocb *request)
{
	return kg_on_submit(request);
}

/*
 * Completed: an open that succeeded is told again with its descriptor and the file's own path. The result stands in the
 * request; the tracepoint's further arguments differ between kernels. A file put into the ring's own table has no
 * descriptor.
 */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(kg_io_uring_complete, void *ring, void *completed)
{
	struct io_kiocb *request = completed;
	struct io_open *open = (void *)&request->cmd;
	int result = BPF_CORE_READ(request, cqe.res);

	if (!request || !kg_opens(BPF_CORE_READ(request, opcode)) || result < 0 || BPF_CORE_READ(open, file_slot) ||
	    !kg_monitored())
		return 0;
	struct kg_scratch *scratch = kg_get_scratch();
	if (!scratch)
		return 0;
	kg_as_openat(scratch, request, false, result);
	kg_put_scratch(scratch);
	return 0;
}
