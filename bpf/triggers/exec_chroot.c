// SPDX-License-Identifier: MIT
/* exec_chroot DIRECTORY PROGRAM [ARG...]: makes the directory its root and becomes a program of it. */
#include <errno.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (chroot(argv[1]) || chdir("/"))
		return 125;
	execv(argv[2], argv + 2);
	return errno;
}
