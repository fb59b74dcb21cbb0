// SPDX-License-Identifier: MIT
/*
 * The demo's service: a small HTTP server with a database and one mistake.
 *
 *   GET /orders            asks the database, answers with what it says
 *   GET /report?name=NAME  prints a report with the shell: the name is not checked (command injection, CWE-78)
 *
 * usage: orders CONFIG     CONFIG is read at every request: listen=PORT, database=PORT (both on 127.0.0.1)
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct config {
	int listen;
	int database;
};

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static struct config read_config(const char *path)
{
	struct config config = { 8080, 5432 };
	char line[128];
	FILE *file = fopen(path, "r");

	if (!file) {
		fprintf(stderr, "orders: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "listen=%d", &config.listen);
		sscanf(line, "database=%d", &config.database);
	}
	fclose(file);
	return config;
}

static void answer(int client, int status, const char *body)
{
	dprintf(client, "HTTP/1.0 %d %s\r\nContent-Length: %zu\r\n\r\n%s", status, status == 200 ? "OK" : "Error",
		strlen(body), body);
}

static void orders(int client, int database)
{
	struct sockaddr_in address = loopback(database);
	char reply[256] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		snprintf(reply, sizeof(reply), "database: %s\n", strerror(errno));
		answer(client, 503, reply);
	} else {
		ssize_t length = read(fd, reply, sizeof(reply) - 1);
		reply[length > 0 ? length : 0] = 0;
		answer(client, 200, reply);
	}
	close(fd);
}

static void url_decode(char *text)
{
	char *out = text;

	for (char *in = text; *in; in++, out++) {
		unsigned int byte;
		if (*in == '%' && isxdigit(in[1]) && isxdigit(in[2]) && sscanf(in + 1, "%2x", &byte) == 1) {
			*out = (char)byte;
			in += 2;
		} else {
			*out = *in == '+' ? ' ' : *in;
		}
	}
	*out = 0;
}

static void report(int client, const char *name)
{
	char command[2048], body[4096], line[128];
	size_t used = 0;

	snprintf(command, sizeof(command), "echo report %s", name); /* the mistake */
	FILE *shell = popen(command, "r");
	if (!shell) {
		answer(client, 500, strerror(errno));
		return;
	}
	body[0] = 0;
	while (fgets(line, sizeof(line), shell) && used + sizeof(line) < sizeof(body))
		used += snprintf(body + used, sizeof(body) - used, "%s", line);
	int status = pclose(shell);
	if (status != -1 && WIFSIGNALED(status)) {
		snprintf(body, sizeof(body), "shell killed by signal %d\n", WTERMSIG(status));
		answer(client, 500, body);
	} else {
		answer(client, 200, body);
	}
}

static void serve(int client, int database)
{
	char request[4096];
	ssize_t length = read(client, request, sizeof(request) - 1);

	if (length <= 0)
		return;
	request[length] = 0;
	char *end = strstr(request, " HTTP/");
	if (strncmp(request, "GET ", 4) || !end) {
		answer(client, 400, "GET only\n");
		return;
	}
	*end = 0;
	char *path = request + 4;
	if (!strcmp(path, "/orders")) {
		orders(client, database);
	} else if (!strncmp(path, "/report?name=", 13)) {
		url_decode(path + 13);
		report(client, path + 13);
	} else {
		answer(client, 404, "not here\n");
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s CONFIG\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	struct sockaddr_in address = loopback(read_config(argv[1]).listen);
	int one = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(server, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(server, 16) < 0) {
		perror("orders: listen");
		return 1;
	}
	for (;;) {
		int client = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0)
			continue;
		serve(client, read_config(argv[1]).database);
		close(client);
	}
}
