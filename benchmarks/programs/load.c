// SPDX-License-Identifier: MIT
// Makes events at a rate. usage: load CGROUP FOLDER opens|mix RATE SECONDS
//
// opens: one open(2) and close(2) an event, each turn another of 1,000 files that it makes in FOLDER.
// mix:   an ordinary service: of 100 events 86 opens of 200 files, 9 connects (UDP, so nothing is sent), 5 of a child
//        that is forked, runs a program and ends (fork, exec, its own opens, exit).
// Prints what it made: opens, connects, children. Falls behind rather than skip: SECONDS is a target.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILES 1000

static char files[FILES][256];
static long opens, connects, children;
static int udp;
static char *self;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void join(const char *cgroup)
{
	char path[4096];
	FILE *procs;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	procs = fopen(path, "w");
	if (!procs || fprintf(procs, "%d", getpid()) < 0 || fclose(procs))
		die(path);
}

static void make_files(const char *folder)
{
	for (int i = 0; i < FILES; i++) {
		snprintf(files[i], sizeof(files[i]), "%s/part-%04d.data", folder, i);
		int fd = open(files[i], O_CREAT | O_RDONLY, 0644);
		if (fd < 0)
			die(files[i]);
		close(fd);
	}
}

static void one_open(int of)
{
	int fd = open(files[opens++ % of], O_RDONLY);

	if (fd < 0)
		die("open");
	close(fd);
}

static void one_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(5000 + connects % 20)};

	to.sin_addr.s_addr = htonl(0x7f000001 + connects % 50);
	if (connect(udp, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	connects++;
}

static void one_child(void)
{
	pid_t child = vfork();

	if (child < 0)
		die("vfork");
	if (!child) {
		execl(self, self, "worker", (char *)0);
		_exit(127);
	}
	waitpid(child, 0, 0);
	children++;
}

int main(int argc, char **argv)
{
	if (argc == 2)	/* what a child runs */
		return 0;
	if (argc != 6) {
		fprintf(stderr, "usage: load CGROUP FOLDER opens|mix RATE SECONDS\n");
		return 2;
	}
	self = argv[0];
	int mix = !strcmp(argv[3], "mix");
	double rate = atof(argv[4]), seconds = atof(argv[5]);
	long made = 0, total = rate * seconds;

	make_files(argv[2]);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (udp < 0)
		die("socket");
	join(argv[1]);
	double start = now();
	while (made < total) {
		long due = (now() - start) * rate;

		if (due > total)
			due = total;
		for (; made < due; made++) {
			int which = made % 100;

			if (!mix)
				one_open(FILES);
			else if (which < 86)
				one_open(200);
			else if (which < 95)
				one_connect();
			else if (which == 95)
				one_child();	/* about five events of its own */
		}
		usleep(1000);
	}
	printf("opens %ld connects %ld children %ld seconds %.2f\n", opens, connects, children, now() - start);
	return 0;
}
