// SPDX-License-Identifier: MIT
/* exec_memfd PROGRAM: copies the program into a memfd and becomes that. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv, char **envp)
{
	struct stat info;
	int in = open(argv[1], O_RDONLY | O_CLOEXEC);
	int out = memfd_create("dropper", MFD_CLOEXEC);

	if (in < 0 || out < 0 || fstat(in, &info) || sendfile(out, in, 0, info.st_size) != info.st_size)
		return 1;
	fexecve(out, argv, envp);
	return 2;
}
