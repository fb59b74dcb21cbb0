// SPDX-License-Identifier: MIT
/*
 * serve_once accept|accept4 4|6|unix|abstract ADDRESS PORT: binds, listens (backlog 7), connects to itself and accepts that,
 * then once more, non-blocking, when nobody is there. Prints: port bound, port of the client, descriptors of listener,
 * client and accepted. unix with a directory before the last slash: changes there and binds the relative rest.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union any {
	struct sockaddr head;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static socklen_t fill(union any *address, const char *family, char *text, int port)
{
	if (*family == '4') {
		address->in4.sin_family = AF_INET;
		address->in4.sin_port = htons(port);
		inet_pton(AF_INET, text, &address->in4.sin_addr);
		return sizeof(address->in4);
	}
	if (*family == '6') {
		address->in6.sin6_family = AF_INET6;
		address->in6.sin6_port = htons(port);
		inet_pton(AF_INET6, text, &address->in6.sin6_addr);
		return sizeof(address->in6);
	}
	address->un.sun_family = AF_UNIX;
	if (*family == 'a') {
		strcpy(address->un.sun_path + 1, text);
		return sizeof(address->head.sa_family) + 1 + strlen(text);
	}
	char *name = strrchr(text, '/');
	*name = 0;
	if (chdir(text))
		exit(255);
	strcpy(address->un.sun_path, name + 1);
	return sizeof(address->un);
}

static int port(int fd)
{
	union any address = {};
	socklen_t length = sizeof(address);

	getsockname(fd, &address.head, &length);
	return address.head.sa_family == AF_UNIX ? 0 : ntohs(address.in4.sin_port);	/* in6 has it in the same place */
}

int main(int argc, char **argv)
{
	union any address = {};
	socklen_t length = fill(&address, argv[2], argv[3], atoi(argv[4]));
	int listener = socket(address.head.sa_family, SOCK_STREAM, 0);
	int client = socket(address.head.sa_family, SOCK_STREAM, 0);
	int accepted;

	if (bind(listener, &address.head, length) || listen(listener, 7))
		return 1;
	if (address.head.sa_family != AF_UNIX)
		address.in4.sin_port = htons(port(listener));
	if (connect(client, &address.head, length))
		return 2;
	if (!strcmp(argv[1], "accept"))
		accepted = accept(listener, 0, 0);
	else
		accepted = accept4(listener, 0, 0, SOCK_CLOEXEC);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	if (accept(listener, 0, 0) >= 0)
		return 3;
	printf("%d %d %d %d %d\n", port(listener), port(client), listener, client, accepted);
	return 0;
}
