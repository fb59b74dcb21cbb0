// SPDX-License-Identifier: MIT
/* exec_on_tty PROGRAM [ARG...]: becomes the program in a session of its own, on a new terminal, whose number it says. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat terminal;
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	if (argc < 2 || setsid() < 0 || master < 0 || grantpt(master) || unlockpt(master))
		return 125;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) || fstat(slave, &terminal))
		return 126;
	printf("%lu\n", (unsigned long)terminal.st_rdev);
	fflush(stdout);
	execv(argv[1], argv + 1);
	return 127;
}
