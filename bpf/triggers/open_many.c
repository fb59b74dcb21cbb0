// SPDX-License-Identifier: MIT
/* open_many COUNT PATH...: opens and closes the paths in turn, COUNT times in all. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long count = atol(argv[1]);

	for (long i = 0; i < count; i++) {
		int fd = open(argv[2 + i % (argc - 2)], O_RDONLY);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}
