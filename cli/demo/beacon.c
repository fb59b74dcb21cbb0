// SPDX-License-Identifier: MIT
/*
 * What the demo's attacker drops: calls home again and again until it is stopped. Harmless: it sends one word to
 * a port of the container's own loopback.
 *
 * usage: beacon PORT
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	struct sockaddr_in home = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])) };
	home.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int calls = 0; calls < 1200; calls++) { /* two minutes at most */
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (struct sockaddr *)&home, sizeof(home)) == 0)
			send(fd, "hello\n", 6, MSG_NOSIGNAL); /* whoever is not there now is tried again */
		close(fd);
		usleep(100 * 1000);
	}
	return 0;
}
