// SPDX-License-Identifier: MIT
/*
 * send_to sendto|sendmsg|sendmmsg|unspec|bound|fastopen|connected ADDRESS PORT...: sends "hello" to each port twice (sendmmsg:
 * all in one call), from one socket. ADDRESS is of IPv4, of IPv6, or the path of a Unix socket. unspec: sendto with the family
 * left open; bound: sendto from the first of the ports; fastopen: sendto on a TCP socket, once; connected: connects to the
 * first, then sends with the address all the same. Prints the local port. Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

union any {
	struct sockaddr head;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static socklen_t fill(union any *address, const char *text, int port)
{
	if (inet_pton(AF_INET, text, &address->in4.sin_addr) == 1) {
		address->in4.sin_family = AF_INET;
		address->in4.sin_port = htons(port);
		return sizeof(address->in4);
	}
	if (inet_pton(AF_INET6, text, &address->in6.sin6_addr) == 1) {
		address->in6.sin6_family = AF_INET6;
		address->in6.sin6_port = htons(port);
		return sizeof(address->in6);
	}
	address->un.sun_family = AF_UNIX;
	strcpy(address->un.sun_path, text);
	return sizeof(address->un);
}

int main(int argc, char **argv)
{
	const char *how = argv[1];
	int count = 2 * (argc - 3), fastopen = !strcmp(how, "fastopen"), sent = 0;
	struct iovec data = {.iov_base = "hello", .iov_len = 5};
	union any to[count], own = {};
	struct mmsghdr messages[count];
	socklen_t length = 0;

	memset(to, 0, sizeof(to));
	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < count; i++) {
		length = fill(&to[i], argv[2], atoi(argv[3 + i / 2]));
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &to[i], .msg_namelen = length, .msg_iov = &data, .msg_iovlen = 1};
	}
	int fd = socket(to[0].head.sa_family, fastopen ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (!strcmp(how, "bound") && bind(fd, &to[0].head, length))
		return errno;
	if (!strcmp(how, "connected"))
		connect(fd, &to[0].head, length);
	if (!strcmp(how, "sendmmsg"))
		sent = sendmmsg(fd, messages, count, 0);
	for (int i = 0; i < count && sent >= 0 && strcmp(how, "sendmmsg") && !(fastopen && i); i++) {
		if (!strcmp(how, "unspec"))
			to[i].head.sa_family = AF_UNSPEC;
		if (!strcmp(how, "sendmsg"))
			sent = sendmsg(fd, &messages[i].msg_hdr, 0);
		else
			sent = sendto(fd, "hello", 5, fastopen ? MSG_FASTOPEN : 0, &to[i].head, length);
	}
	if (sent < 0)
		return errno;
	length = sizeof(own);
	getsockname(fd, &own.head, &length);
	printf("%d\n", ntohs(own.in4.sin_port));
	return 0;
}
