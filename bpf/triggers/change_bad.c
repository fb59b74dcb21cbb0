// SPDX-License-Identifier: MIT
/*
 * change_bad: fchmod of -100 (AT_FDCWD, which means nothing there), renameat below descriptors that are none, unlink of
 * an address that is none, fchown of a pipe: paths that cannot be told.
 */
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int pipes[2];

	syscall(SYS_fchmod, -100, 0600);
	syscall(SYS_renameat, 77, "old", 78, "new");
	syscall(SYS_unlink, 8);
	if (pipe(pipes))
		return 1;
	syscall(SYS_fchown, pipes[0], -1, -1);
	return 0;
}
