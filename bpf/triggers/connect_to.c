// SPDX-License-Identifier: MIT
/*
 * connect_to tcp4|tcp6|unix|vsock ADDRESS PORT [nonblock]: connects; udp4|udp6: sends one byte without connecting.
 * Exits 0, or with errno; 254 when there is no such socket.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/vm_sockets.h>

int main(int argc, char **argv)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3]))};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[3]))};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_cid = atoi(argv[2]), .svm_port = atoi(argv[3])};
	struct sockaddr *address = (struct sockaddr *)&un;
	socklen_t length = sizeof(un);
	int udp = !strncmp(argv[1], "udp", 3);

	if (argv[1][3] == '4') {
		inet_pton(AF_INET, argv[2], &in4.sin_addr);
		address = (struct sockaddr *)&in4;
		length = sizeof(in4);
	} else if (argv[1][3] == '6') {
		inet_pton(AF_INET6, argv[2], &in6.sin6_addr);
		address = (struct sockaddr *)&in6;
		length = sizeof(in6);
	} else if (argv[1][0] == 'v') {
		address = (struct sockaddr *)&vm;
		length = sizeof(vm);
	} else {
		strncpy(un.sun_path, argv[2], sizeof(un.sun_path) - 1);
	}
	int fd = socket(address->sa_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | (argc > 4 ? SOCK_NONBLOCK : 0), 0);
	if (fd < 0)
		return 254;
	long result = udp ? sendto(fd, "x", 1, 0, address, length) : connect(fd, address, length);
	return result < 0 ? errno : 0;
}
