// SPDX-License-Identifier: MIT
/*
 * dns_exchange CGROUP 4|6 connect|sendto|move QUESTION ANSWER: in a network namespace of its own, a child in CGROUP binds port 53
 * of the loopback address and answers whatever comes with ANSWER; the program itself sends it QUESTION and waits for the answer.
 * Both are hexadecimal. move: it enters CGROUP itself once it has its socket, then connects. Prints the child's pid.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static union {
	struct sockaddr head;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
} server;
static unsigned char message[65536];

static int bytes(const char *hex)
{
	int length = strlen(hex) / 2;

	for (int i = 0; i < length; i++)
		sscanf(hex + 2 * i, "%2hhx", &message[i]);
	return length;
}

static void enter(const char *cgroup)
{
	char procs[4096];

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", cgroup);
	if (write(open(procs, O_WRONLY | O_CLOEXEC), "0", 1) != 1)
		_exit(1);
}

static void serve(const char *cgroup, const char *answer, int ready)
{
	char peer[sizeof(server)];
	socklen_t length = sizeof(peer);

	enter(cgroup);	/* before there is a socket: it belongs to the cgroup that it was made in */
	int fd = socket(server.head.sa_family, SOCK_DGRAM, 0);
	if (bind(fd, &server.head, sizeof(server)) || write(ready, "", 1) != 1)
		_exit(2);
	recvfrom(fd, message, sizeof(message), 0, (struct sockaddr *)peer, &length);
	sendto(fd, message, bytes(answer), 0, (struct sockaddr *)peer, length);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int ready[2], status = 0;
	char byte;

	if (argc != 6 || unshare(CLONE_NEWNET) || ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &up) || pipe(ready))
		return 1;
	if (*argv[2] == '4')
		server.in4 = (struct sockaddr_in){AF_INET, htons(53), {htonl(INADDR_LOOPBACK)}};
	else
		server.in6 = (struct sockaddr_in6){AF_INET6, htons(53), 0, IN6ADDR_LOOPBACK_INIT, 0};
	pid_t child = fork();
	if (!child)
		serve(argv[1], argv[5], ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		return 2;

	int fd = socket(server.head.sa_family, SOCK_DGRAM, 0), length = bytes(argv[4]);
	long sent;
	if (!strcmp(argv[3], "move"))
		enter(argv[1]);
	if (strcmp(argv[3], "sendto")) {
		if (connect(fd, &server.head, sizeof(server)))
			return 3;
		sent = send(fd, message, length, 0);
	} else
		sent = sendto(fd, message, length, 0, &server.head, sizeof(server));
	if (sent != length || recv(fd, message, sizeof(message), 0) < 0)
		return 4;
	waitpid(child, &status, 0);
	printf("%d\n", child);
	return status ? 5 : 0;
}
