// SPDX-License-Identifier: MIT
/* lead_not: its first thread ends; the second says "ready" and ends the process when stdin does. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_t first;

static void *last(void *unused)
{
	pthread_join(first, 0);
	puts("ready");
	fflush(stdout);
	getchar();
	_exit(3);
	return unused;
}

int main(void)
{
	pthread_t thread;

	first = pthread_self();
	if (pthread_create(&thread, 0, last, 0))
		return 1;
	pthread_exit(0);
}
