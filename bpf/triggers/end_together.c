// SPDX-License-Identifier: MIT
/* end_together COUNT: so many children, one after the other, each of two threads that end at the same moment. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_barrier_t moment;

static void *end(void *unused)
{
	pthread_barrier_wait(&moment);
	return unused;
}

int main(int argc, char **argv)
{
	for (int left = argc > 1 ? atoi(argv[1]) : 0; left > 0; left--) {
		pthread_t thread;
		pid_t child = fork();

		if (child == 0) {
			pthread_barrier_init(&moment, 0, 2);
			if (pthread_create(&thread, 0, end, 0))
				_exit(1);
			end(0);
			pthread_exit(0);
		}
		waitpid(child, 0, 0);
	}
	return 0;
}
