// SPDX-License-Identifier: MIT
/*
 * The other end of the demo's connections, run in the container's network namespace but outside its cgroup.
 *
 *   netpeer listen PORT [FILE]   answers every connection: with FILE as an HTTP response, else with "ok"; prints
 *                                a line per connection
 *   netpeer get PORT PATH        sends one HTTP GET and prints the response's body; exit 0 for status 200, else 1
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct sockaddr_in loopback(const char *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static void send_file(int client, const char *path)
{
	char buffer[65536];
	struct stat info;
	ssize_t length;
	int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file < 0 || fstat(file, &info) < 0) {
		dprintf(client, "HTTP/1.0 404 Not Found\r\n\r\n");
		return;
	}
	if (read(client, buffer, sizeof(buffer)) > 0) {
		dprintf(client, "HTTP/1.0 200 OK\r\nContent-Length: %lld\r\n\r\n", (long long)info.st_size);
		while ((length = read(file, buffer, sizeof(buffer))) > 0)
			if (write(client, buffer, length) != length)
				break;
	}
	close(file);
}

static int listen_on(const char *port, const char *path)
{
	struct sockaddr_in address = loopback(port);
	int one = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(server, 16) < 0) {
		perror("netpeer: listen");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("listening\n");
	for (;;) {
		int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			continue;
		printf("connection\n");
		if (path)
			send_file(client, path);
		else
			dprintf(client, "ok\n");
		close(client);
	}
}

static int get(const char *port, const char *path)
{
	struct sockaddr_in address = loopback(port);
	struct timeval patience = { .tv_sec = 10 };
	char response[65536];
	size_t used = 0;
	ssize_t length;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		fprintf(stderr, "netpeer: 127.0.0.1:%s: %s\n", port, strerror(errno));
		return 1;
	}
	dprintf(fd, "GET %s HTTP/1.0\r\n\r\n", path);
	while (used < sizeof(response) - 1 && (length = read(fd, response + used, sizeof(response) - 1 - used)) > 0)
		used += length;
	response[used] = 0;
	char *body = strstr(response, "\r\n\r\n");
	if (body)
		fputs(body + 4, stdout);
	return strncmp(response, "HTTP/1.0 200", 12) ? 1 : 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc >= 3 && !strcmp(argv[1], "listen"))
		return listen_on(argv[2], argc > 3 ? argv[3] : NULL);
	if (argc == 4 && !strcmp(argv[1], "get"))
		return get(argv[2], argv[3]);
	fprintf(stderr, "usage: %s listen PORT [FILE] | get PORT PATH\n", argv[0]);
	return 2;
}
