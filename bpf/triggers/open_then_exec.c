// SPDX-License-Identifier: MIT
/* open_then_exec PATH [PROGRAM [ARGUMENT...]]: opens PATH for reading twice, then becomes PROGRAM. */
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (open(argv[1], O_RDONLY) < 0 || open(argv[1], O_RDONLY) < 0)
		return 1;
	if (argc == 2)
		return 0;
	execv(argv[2], argv + 2);
	return 127;
}
