// SPDX-License-Identifier: MIT
/* compat32 FILE PORT: opens the file and connects to 127.0.0.1:PORT by 32-bit calls of a 64-bit program. 2: no such calls here. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

static int call32(int number, long b, long c, long d)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(b), "c"(c), "d"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	/* what 32-bit calls point to must lie below 4 GB */
	char *low = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct sockaddr_in *to = (void *)(low + 2048);
	unsigned *arguments = (void *)(low + 3072);

	if (argc != 3 || low == MAP_FAILED)
		return 1;
	strncpy(low, argv[1], 2047);
	int file = call32(5, (long)low, 0, 0);	/* open */
	if (file == -ENOSYS)
		return 2;
	to->sin_family = AF_INET;
	to->sin_port = htons(atoi(argv[2]));
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	arguments[0] = socket(AF_INET, SOCK_STREAM, 0);
	arguments[1] = (unsigned)(long)to;
	arguments[2] = sizeof(*to);
	call32(102, 3, (long)arguments, 0);	/* socketcall: connect */
	call32(362, arguments[0], (long)to, sizeof(*to));	/* connect, again: EISCONN */
	return file < 0;
}
