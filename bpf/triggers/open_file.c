// SPDX-License-Identifier: MIT
/*
 * open_file HOW PATH [DIRECTORY]: opens PATH for reading with open|openat|openat2|creat (creat: for writing).
 * With DIRECTORY, cd: changes there first; at: PATH is relative to a descriptor of it. Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argv[1];
	long fd;

	if (!strcmp(how, "open"))
		fd = syscall(SYS_open, argv[2], O_RDONLY, 0);
	else if (!strcmp(how, "creat"))
		fd = syscall(SYS_creat, argv[2], 0640);
	else if (!strcmp(how, "openat2")) {
		struct open_how open_how = {.flags = O_RDONLY | O_NOFOLLOW};
		fd = syscall(SYS_openat2, AT_FDCWD, argv[2], &open_how, sizeof(open_how));
	} else if (!strcmp(how, "cd")) {
		if (chdir(argv[3]))
			return 255;
		fd = syscall(SYS_openat, AT_FDCWD, argv[2], O_RDONLY, 0);
	} else if (!strcmp(how, "at")) {
		int directory = syscall(SYS_open, argv[3], O_PATH | O_DIRECTORY, 0);
		fd = syscall(SYS_openat, directory, argv[2], O_RDONLY, 0);
	} else
		fd = syscall(SYS_openat, AT_FDCWD, argv[2], O_RDONLY, 0);
	return fd < 0 ? errno : 0;
}
