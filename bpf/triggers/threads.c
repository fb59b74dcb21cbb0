// SPDX-License-Identifier: MIT
/* threads: the first thread ends before the second; the process ends once, and no thread is a process. */
#include <pthread.h>
#include <unistd.h>

static void *last(void *unused)
{
	usleep(20000);
	_exit(5);
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, 0, last, 0))
		return 1;
	pthread_exit(0);
}
