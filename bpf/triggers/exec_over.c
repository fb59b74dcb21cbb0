// SPDX-License-Identifier: MIT
/*
 * exec_over userns|mountns|detached OTHER PROGRAM [ARG...]: becomes OTHER under the path of PROGRAM: mounted over it in a
 * mount namespace of its own, with a user namespace or without; or through a copy of OTHER's folder that is mounted
 * nowhere (PROGRAM is a path in that).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPEN_TREE_CLONE 1

int main(int argc, char **argv, char **envp)
{
	if (!strcmp(argv[1], "detached")) {
		int tree = syscall(SYS_open_tree, AT_FDCWD, argv[2], OPEN_TREE_CLONE | O_CLOEXEC);
		if (tree < 0)
			return 125;
		syscall(SYS_execveat, tree, argv[3] + 1, argv + 3, envp, 0);
		return errno;
	}
	if (unshare(CLONE_NEWNS | (!strcmp(argv[1], "userns") ? CLONE_NEWUSER : 0)) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(argv[2], argv[3], NULL, MS_BIND, NULL))
		return 125;
	execv(argv[3], argv + 3);
	return errno;
}
