// SPDX-License-Identifier: MIT
/*
 * chain OLD NEW PROGRAM [ARG...]: a chain of OLD processes below this one; the last says "ready", waits for a line on
 * stdin, makes NEW more below it, and the last of those becomes the program. Each waits for its child.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int descend(int levels)	/* only the last returns */
{
	for (; levels > 0; levels--) {
		pid_t child = fork();

		if (child > 0) {
			int status = 0;

			waitpid(child, &status, 0);
			exit(WEXITSTATUS(status));
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	char line[8];

	if (argc < 4)
		return 125;
	descend(atoi(argv[1]));
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 126;
	descend(atoi(argv[2]));
	execv(argv[3], argv + 3);
	return 127;
}
