// SPDX-License-Identifier: MIT
/*
 * churn CGROUP FIRST COUNT PROGRAM ARG...: for each of COUNT numbers from FIRST on makes a pod's cgroup with a container's
 * in it below CGROUP, named as the kubelet's cgroupfs driver names them after the number; has PROGRAM begin in it with its
 * first instruction (clone3 with CLONE_INTO_CGROUP); waits for its end, whatever that is, and removes both. The number is
 * appended to PROGRAM's last argument. Exits 0, or 1 with the reason.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void run_in(const char *cgroup, char **command)
{
	int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fd};
	pid_t child;

	if (fd < 0)
		fail(cgroup);
	child = syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0) {
		execv(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, 0, 0) < 0)
		fail("clone3");
	close(fd);
}

/* The kernel takes a process out of its cgroup a little after its parent hears of the end. */
static void remove_directory(const char *path)
{
	while (rmdir(path))
		if (errno != EBUSY)
			fail(path);
}

int main(int argc, char **argv)
{
	char pod[4096], container[4096], last[4096];

	if (argc < 6)
		return 125;
	char **command = argv + 4;
	const char *argument = argv[argc - 1];
	long first = atol(argv[2]);

	for (long i = first; i < first + atol(argv[3]); i++) {
		snprintf(pod, sizeof(pod), "%s/pod%08lx-0000-4000-8000-000000000000", argv[1], i);
		snprintf(container, sizeof(container), "%s/%064lx", pod, i);
		snprintf(last, sizeof(last), "%s%ld", argument, i);
		argv[argc - 1] = last;
		if (mkdir(pod, 0755) || mkdir(container, 0755))
			fail(container);
		run_in(container, command);
		remove_directory(container);
		remove_directory(pod);
	}
	return 0;
}
