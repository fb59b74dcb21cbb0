// SPDX-License-Identifier: MIT
/*
 * by_io_uring HOW WHAT: open PATH; poll PATH (the same, submitted by a thread of the kernel's); at PATH (openat2, relative
 * to a descriptor of /etc); skip PATH (open, and ask for no completion); slot PATH (open into the ring's own table);
 * connect PORT (of 127.0.0.1). Without a library: the protocol is in io_uring_setup(2) and io_uring_enter(2). Exits 0, or
 * with errno; 255: no io_uring here.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argv[1];
	struct io_uring_params params = {};
	struct open_how open_how = {.flags = O_RDONLY};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int poll = !strcmp(how, "poll"), wait = !!strcmp(how, "skip"), empty = -1;

	params.flags = poll ? IORING_SETUP_SQPOLL : 0;
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		return 255;
	char *sq = mmap(0, params.sq_off.array + 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(0, params.cq_off.cqes + 4 * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
			IORING_OFF_CQ_RING);
	struct io_uring_sqe *entry = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || entry == MAP_FAILED)
		return 254;

	entry->opcode = IORING_OP_OPENAT;
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)argv[2];
	if (!strcmp(how, "at")) {
		entry->opcode = IORING_OP_OPENAT2;
		entry->fd = open("/etc", O_PATH);
		entry->len = sizeof(open_how);
		entry->off = (unsigned long)&open_how;
	} else if (!strcmp(how, "skip")) {
		entry->flags = IOSQE_CQE_SKIP_SUCCESS;
	} else if (!strcmp(how, "slot")) {
		if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &empty, 1))
			return 253;
		entry->file_index = 1;
	} else if (!strcmp(how, "connect")) {
		to.sin_port = htons(atoi(argv[2]));
		entry->opcode = IORING_OP_CONNECT;
		entry->fd = socket(AF_INET, SOCK_STREAM, 0);
		entry->addr = (unsigned long)&to;
		entry->off = sizeof(to);
	}
	*(unsigned *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(sq + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, wait, IORING_ENTER_GETEVENTS | (poll ? IORING_ENTER_SQ_WAKEUP : 0), 0, 0) != 1)
		return 252;
	int result = wait ? ((struct io_uring_cqe *)(cq + params.cq_off.cqes))->res : 0;
	return result < 0 ? -result : 0;
}
