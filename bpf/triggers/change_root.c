// SPDX-License-Identifier: MIT
/*
 * change_root HOW DIRECTORY: chroot there; dot: cd there, then chroot("."); pivot: in a mount namespace of its own,
 * pivot_root(".", ".") in a mount of DIRECTORY onto itself. Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argv[1], *directory = argv[2];
	int result;

	if (!strcmp(how, "pivot")) {
		if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) ||
		    mount(directory, directory, 0, MS_BIND, 0) || chdir(directory))
			return 255;
		result = syscall(SYS_pivot_root, ".", ".");
	} else if (!strcmp(how, "dot")) {
		if (chdir(directory))
			return 255;
		result = chroot(".");
	} else
		result = chroot(directory);
	return result < 0 ? errno : 0;
}
