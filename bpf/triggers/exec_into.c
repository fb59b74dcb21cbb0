// SPDX-License-Identifier: MIT
/* exec_into PROGRAM [ARG...]: forks, the child execs the program; exits as the child did, 128 + signal if killed. */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
