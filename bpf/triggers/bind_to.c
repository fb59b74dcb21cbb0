// SPDX-License-Identifier: MIT
/* bind_to ADDRESS PORT: binds a UDP socket to an IPv4 address. Exits 0, or with errno. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};

	inet_pton(AF_INET, argv[1], &address.sin_addr);
	return bind(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof(address)) ? errno : 0;
}
