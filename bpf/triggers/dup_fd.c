// SPDX-License-Identifier: MIT
/*
 * dup_fd HOW WHAT [ADDRESS [PORT]]: gets a descriptor of WHAT and copies it with dup (lowest number), dup2 (to 0), dup3
 * (to 30) or fcntl (F_DUPFD_CLOEXEC from 40); getfl is an fcntl that copies nothing, fail a dup2 of a closed descriptor.
 * WHAT: a path, pipe, eventfd, socketpair, netlink, or connected: tcp4, tcp6, udp4, unix. Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define IS(name) (!strcmp(what, name))

static int connected(int family, int type, const char *address, int port)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(family, type, 0);
	int failed;

	inet_pton(AF_INET, address, &in4.sin_addr);
	inet_pton(AF_INET6, address, &in6.sin6_addr);
	strncpy(un.sun_path, address, sizeof(un.sun_path) - 1);
	if (family == AF_INET)
		failed = connect(fd, (void *)&in4, sizeof(in4));
	else if (family == AF_INET6)
		failed = connect(fd, (void *)&in6, sizeof(in6));
	else
		failed = connect(fd, (void *)&un, sizeof(un));
	return failed ? -1 : fd;
}

static int get(const char *what, char **argv)
{
	int pair[2] = {-1, -1};

	if (IS("pipe")) return pipe(pair) ? -1 : pair[0];
	if (IS("eventfd")) return eventfd(0, 0);
	if (IS("socketpair")) return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ? -1 : pair[0];
	if (IS("netlink")) return socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (IS("tcp4")) return connected(AF_INET, SOCK_STREAM, argv[3], atoi(argv[4]));
	if (IS("tcp6")) return connected(AF_INET6, SOCK_STREAM, argv[3], atoi(argv[4]));
	if (IS("udp4")) return connected(AF_INET, SOCK_DGRAM, argv[3], atoi(argv[4]));
	if (IS("unix")) return connected(AF_UNIX, SOCK_STREAM, argv[3], 0);
	return open(what, O_RDONLY);
}

int main(int argc, char **argv)
{
	const char *how = argv[1];
	int from = get(argv[2], argv);
	long fd;

	if (from < 0)
		return 255;
	if (!strcmp(how, "dup")) fd = syscall(SYS_dup, from);
	else if (!strcmp(how, "dup2")) fd = syscall(SYS_dup2, from, 0);
	else if (!strcmp(how, "dup3")) fd = syscall(SYS_dup3, from, 30, O_CLOEXEC);
	else if (!strcmp(how, "fcntl")) fd = syscall(SYS_fcntl, from, F_DUPFD_CLOEXEC, 40);
	else if (!strcmp(how, "getfl")) fd = syscall(SYS_fcntl, from, F_GETFL);
	else fd = syscall(SYS_dup2, 99, 0);
	return fd < 0 ? errno : 0;
}
