// SPDX-License-Identifier: MIT
// What a system call costs. usage: loops CGROUP getppid|openclose|forkexec COUNT
// Moves itself into the cgroup, pins itself to one CPU, and prints nanoseconds per turn of the loop.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void join(const char *cgroup)
{
	char path[4096];
	FILE *procs;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	procs = fopen(path, "w");
	if (!procs || fprintf(procs, "%d", getpid()) < 0 || fclose(procs))
		die(path);
}

static void turn_getppid(void)
{
	syscall(SYS_getppid);
}

static void turn_openclose(void)
{
	int fd = open("/etc/hostname", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("/etc/hostname");
	close(fd);
}

static char *self;

static void turn_forkexec(void)
{
	int status;
	pid_t child = vfork();

	if (child < 0)
		die("vfork");
	if (!child) {
		execl(self, self, (char *)0);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || status)
		die("child");
}

int main(int argc, char **argv)
{
	void (*turn)(void);
	struct timespec from, to;
	cpu_set_t one;

	if (argc == 1)	/* what forkexec runs */
		return 0;
	if (argc != 4) {
		fprintf(stderr, "usage: loops CGROUP getppid|openclose|forkexec COUNT\n");
		return 2;
	}
	self = argv[0];
	turn = !strcmp(argv[2], "getppid") ? turn_getppid : !strcmp(argv[2], "openclose") ? turn_openclose : turn_forkexec;
	long count = atol(argv[3]);

	join(argv[1]);
	CPU_ZERO(&one);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (long i = 0; i < count / 10; i++)	/* warm */
		turn();
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < count; i++)
		turn();
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%.2f\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / count);
	return 0;
}
