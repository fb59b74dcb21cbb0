// SPDX-License-Identifier: MIT
/* in_cgroup CGROUP-DIRECTORY PROGRAM [ARG...]: enters the cgroup, then becomes the program. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char procs[4096];

	if (argc < 3)
		return 125;
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", argv[1]);
	int fd = open(procs, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1) {
		perror(procs);
		return 126;
	}
	close(fd);
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
