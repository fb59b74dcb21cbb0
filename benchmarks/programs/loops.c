// SPDX-License-Identifier: MIT
// What a system call costs. usage: loops CGROUP LOOP SLICES TURNS PAUSE
// LOOP: getppid, openclose, forkexec, or datagram:PORT: one over loopback to that port.
// Moves itself into the cgroup, pins itself to one CPU, runs SLICES times TURNS turns with PAUSE milliseconds after each,
// and prints the nanoseconds per turn of the slice in the middle when they are put in order: what comes in between by
// chance makes some slices longer, none shorter.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *self;
static int client, server;

static void die(const char *what)
{
	perror(what);
	exit(1);
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

static void turn_getppid(void)
{
	syscall(SYS_getppid);
}

static void turn_openclose(void)
{
	int fd = open("/etc/hostname", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("/etc/hostname");
	close(fd);
}

static void turn_forkexec(void)
{
	int status;
	pid_t child = vfork();

	if (child < 0)
		die("vfork");
	if (!child) {
		execl(self, self, (char *)0);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0 || status)
		die("child");
}

/* On an address of its own within loopback: a resolver may have port 53 of the usual ones. */
static void bind_datagram(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f353535)};

	server = socket(AF_INET, SOCK_DGRAM, 0);
	client = socket(AF_INET, SOCK_DGRAM, 0);
	if (server < 0 || client < 0 || bind(server, (struct sockaddr *)&to, sizeof(to)) ||
	    connect(client, (struct sockaddr *)&to, sizeof(to)))
		die("datagram");
}

/* A question, sent and received: two packets' worth of programs. */
static void turn_datagram(void)
{
	static const char question[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
				       "\x08" "database" "\x04" "shop" "\x03" "svc" "\x00\x00\x01\x00\x01";
	char received[512];

	if (send(client, question, sizeof(question) - 1, 0) < 0 || recv(server, received, sizeof(received), 0) < 0)
		die("datagram");
}

static void (*turn_of(const char *loop))(void)
{
	if (!strcmp(loop, "getppid"))
		return turn_getppid;
	if (!strcmp(loop, "openclose"))
		return turn_openclose;
	if (!strcmp(loop, "forkexec"))
		return turn_forkexec;
	bind_datagram(atoi(strchr(loop, ':') + 1));
	return turn_datagram;
}

static int by_value(const void *one, const void *other)
{
	double difference = *(const double *)one - *(const double *)other;

	return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv)
{
	void (*turn)(void);
	struct timespec from, to;
	cpu_set_t one;

	if (argc == 1)	/* what forkexec runs */
		return 0;
	if (argc != 6) {
		fprintf(stderr, "usage: loops CGROUP getppid|openclose|forkexec|datagram:PORT SLICES TURNS PAUSE\n");
		return 2;
	}
	self = argv[0];
	int slices = atoi(argv[3]);
	long turns = atol(argv[4]);
	struct timespec pause = {.tv_sec = atol(argv[5]) / 1000, .tv_nsec = atol(argv[5]) % 1000 * 1000000};
	double *nanoseconds = calloc(slices, sizeof(double));

	join(argv[1]);
	turn = turn_of(argv[2]);	/* a socket belongs to the cgroup that it was made in */
	CPU_ZERO(&one);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (long i = 0; i < turns; i++)	/* warm */
		turn();
	for (int slice = 0; slice < slices; slice++) {
		nanosleep(&pause, 0);
		clock_gettime(CLOCK_MONOTONIC, &from);
		for (long i = 0; i < turns; i++)
			turn();
		clock_gettime(CLOCK_MONOTONIC, &to);
		nanoseconds[slice] = ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / turns;
	}
	qsort(nanoseconds, slices, sizeof(double), by_value);
	printf("%.2f\n", nanoseconds[slices / 2]);
	return 0;
}
