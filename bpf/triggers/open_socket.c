// SPDX-License-Identifier: MIT
/* open_socket FAMILY TYPE PROTOCOL, as numbers. Exits 0, or with errno. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	return argc == 4 && socket(atoi(argv[1]), atoi(argv[2]), atoi(argv[3])) >= 0 ? 0 : errno;
}
