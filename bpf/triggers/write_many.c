// SPDX-License-Identifier: MIT
/* write_many COUNT PATH: opens PATH for writing COUNT times, making it when it is not there. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (long i = atol(argv[1]); i > 0; i--)
		close(open(argv[2], O_WRONLY | O_CREAT, 0600));
	return 0;
}
