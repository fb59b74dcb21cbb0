// SPDX-License-Identifier: MIT
/* uring_connect ADDRESS PORT: connects by io_uring; exits 0 or with errno, 125 where there is no io_uring. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	struct io_uring_params params = {0};
	int ring = syscall(SYS_io_uring_setup, 1, &params);

	if (ring < 0)
		return 125;
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	size_t sq_bytes = params.sq_off.array + params.sq_entries * sizeof(unsigned);
	size_t cq_bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	char *sq = mmap(0, sq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(0, cq_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	struct io_uring_sqe *sqe = mmap(0, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);

	sqe->opcode = IORING_OP_CONNECT;
	sqe->fd = socket(AF_INET, SOCK_STREAM, 0);
	sqe->addr = (unsigned long)&to;
	sqe->off = sizeof(to);
	((unsigned *)(sq + params.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0) < 0)
		return 125;
	return -((struct io_uring_cqe *)(cq + params.cq_off.cqes))->res;
}
