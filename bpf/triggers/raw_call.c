// SPDX-License-Identifier: MIT
/*
 * raw_call 64|32 NUMBER ARGUMENT...: makes one system call, by the 64-bit or the 32-bit way, with as many as 6 or 5 arguments:
 * a number, :TEXT (its address), *TEXT (the address of its address), %HEX (the address of these bytes), @FILE (a
 * descriptor of it).
 * Exits 0, or with errno; 254: no such way here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *low;	/* what a 32-bit call points to must lie below 4 GB */

static long value(const char *argument)
{
	char *here = low;

	switch (argument[0]) {
	case ':':
		strcpy(low, argument + 1);
		low += strlen(argument);
		return (long)here;
	case '*':
		*(long *)low = (long)(low + 64);
		strcpy(low + 64, argument + 1);
		low += 64 + strlen(argument);
		return (long)here;
	case '%':
		for (argument++; argument[0] && argument[1]; argument += 2) {
			char digits[3] = {argument[0], argument[1]};
			*low++ = strtol(digits, 0, 16);
		}
		low += 64;	/* zeros follow */
		return (long)here;
	case '@':
		return open(argument + 1, O_RDONLY);
	}
	return strtol(argument, 0, 0);
}

static long call32(long number, const long *a)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	long a[6] = {};

	low = mmap(0, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (argc < 3 || argc > 9 || low == MAP_FAILED)
		return 255;
	for (int i = 3; i < argc; i++)
		a[i - 3] = value(argv[i]);
	long number = strtol(argv[2], 0, 0);
	if (strcmp(argv[1], "32"))
		return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 0;
	if (call32(20, a) != getpid())
		return 254;
	long result = call32(number, a);
	return result < 0 ? -result : 0;
}
