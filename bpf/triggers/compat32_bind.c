// SPDX-License-Identifier: MIT
/*
 * compat32_bind PORT: binds a UDP socket to 127.0.0.1:PORT by socketcall(2), then sends "hello" from it to itself by sendmsg
 * of socketcall, all of it 32-bit calls of a 64-bit program. 2: no such calls here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

static int socketcall32(int call, unsigned *arguments)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(102), "b"((long)call), "c"(arguments)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	/* what 32-bit calls point to must lie below 4 GB */
	char *low = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct sockaddr_in *own = (void *)(low + 512);
	unsigned *arguments = (void *)(low + 1024), *vector = (void *)(low + 1536), *header = (void *)(low + 2048);

	if (argc != 2 || low == MAP_FAILED)
		return 1;
	own->sin_family = AF_INET;
	own->sin_port = htons(atoi(argv[1]));
	own->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	arguments[0] = AF_INET;
	arguments[1] = SOCK_DGRAM;
	arguments[2] = 0;
	int fd = socketcall32(1, arguments);	/* socket */
	if (fd == -ENOSYS)
		return 2;
	arguments[0] = fd;
	arguments[1] = (unsigned)(long)own;
	arguments[2] = sizeof(*own);
	if (socketcall32(2, arguments))	/* bind */
		return 3;
	strcpy(low, "hello");
	vector[0] = (unsigned)(long)low;
	vector[1] = 5;
	header[0] = (unsigned)(long)own;
	header[1] = sizeof(*own);
	header[2] = (unsigned)(long)vector;
	header[3] = 1;
	arguments[1] = (unsigned)(long)header;
	arguments[2] = 0;
	return socketcall32(16, arguments) == 5 ? 0 : 4;	/* sendmsg */
}
