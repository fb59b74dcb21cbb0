// SPDX-License-Identifier: MIT
/*
 * talk tcp4|tcp6|udp4|udp6|raw4|raw6|listen4|packet ADDRESS PORT: connects (listen4: accepts one connection on ADDRESS;
 * raw: protocol PORT; packet: the loopback device), says "ready", then does what each line of input says and answers
 * with 0 or errno: s sends a byte, r receives one without waiting, p only answers. Ends with its input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex("lo")};
	char line[16], byte = 'x';
	int packet = !strcmp(argv[1], "packet"), listening = !strncmp(argv[1], "listen", 6);
	int v6 = argv[1][strlen(argv[1]) - 1] == '6', raw = !strncmp(argv[1], "raw", 3), udp = !strncmp(argv[1], "udp", 3);
	int number = atoi(argv[3]);
	struct sockaddr *address = packet ? (void *)&ll : v6 ? (void *)&in6 : (void *)&in4;
	socklen_t length = packet ? sizeof(ll) : v6 ? sizeof(in6) : sizeof(in4);

	setvbuf(stdout, NULL, _IOLBF, 0);
	inet_pton(AF_INET, argv[2], &in4.sin_addr);
	inet_pton(AF_INET6, argv[2], &in6.sin6_addr);
	if (!raw)
		in4.sin_port = in6.sin6_port = htons(number);
	int fd = socket(address->sa_family, packet || raw ? SOCK_RAW : udp ? SOCK_DGRAM : SOCK_STREAM,
			packet ? htons(ETH_P_IP) : raw ? number : 0);
	if (fd < 0)
		return fail("socket");
	if (listening) {
		int one = 1;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fd, address, length) || listen(fd, 1) || getsockname(fd, address, &length))
			return fail("listen");
		printf("listening %d\n", ntohs(in4.sin_port));
		fd = accept(fd, NULL, NULL);
		if (fd < 0)
			return fail("accept");
	} else if (packet ? bind(fd, address, length) : connect(fd, address, length)) {
		return fail("connect");
	}
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		long result = 0;
		if (line[0] == 's')
			result = send(fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		else if (line[0] == 'r')
			result = recv(fd, &byte, 1, MSG_DONTWAIT);
		printf("%d\n", result < 0 ? errno : 0);
	}
	return 0;
}
