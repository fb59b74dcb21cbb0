// SPDX-License-Identifier: MIT
/* fork_child STATUS: a child that exits with STATUS; prints the child's pid. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(argc > 1 ? atoi(argv[1]) : 0);
	waitpid(child, &status, 0);
	printf("%d\n", child);
	return 0;
}
