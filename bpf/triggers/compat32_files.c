// SPDX-License-Identifier: MIT
/* compat32_files OLD NEW: renames OLD and copies descriptor 1 to 50 by 32-bit calls of a 64-bit program. 2: no such calls here. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int call32(int number, long b, long c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(b), "c"(c), "d"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	/* what 32-bit calls point to must lie below 4 GB */
	char *low = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (argc != 3 || low == MAP_FAILED)
		return 1;
	strncpy(low, argv[1], 4095);
	strncpy(low + 4096, argv[2], 4095);
	int renamed = call32(38, (long)low, (long)low + 4096);	/* rename */
	if (renamed == -ENOSYS)
		return 2;
	return renamed < 0 || call32(63, 1, 50) != 50;	/* dup2 */
}
