// SPDX-License-Identifier: MIT
/* call_each FROM TO: makes each system call of these numbers once; those that nobody has do nothing. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (long number = atol(argv[1]); number <= atol(argv[2]); number++)
		syscall(number);
	return 0;
}
