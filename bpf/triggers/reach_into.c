// SPDX-License-Identifier: MIT
/*
 * reach_into HOW: a child of one's own, and to it: attach (ptrace, and detach), write (process_vm_writev), read
 * (process_vm_readv), take (pidfd_getfd of its /etc/hostname), kill, tgkill, queue (rt_sigqueueinfo), pidfd
 * (pidfd_send_signal), usr1 (kill with SIGUSR1), probe (kill with 0), join (setns into its uts namespace). Prints the
 * child's pid as it sees it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char word[8] = "before";

int main(int argc, char **argv)
{
	const char *how = argv[1];
	struct iovec mine = {word, sizeof(word)}, its = {word, sizeof(word)};
	siginfo_t info = {.si_code = SI_QUEUE};
	int ready[2];
	int held = open("/etc/hostname", O_RDONLY);
	char started;

	if (pipe(ready))
		return 1;
	pid_t child = fork();
	if (child == 0)
		_exit(write(ready[1], "", 1) == 1 ? pause() : 1);
	if (read(ready[0], &started, 1) != 1)
		return 1;
	int pidfd = syscall(SYS_pidfd_open, child, 0);

	if (!strcmp(how, "attach")) {
		ptrace(PTRACE_ATTACH, child, 0, 0);
		waitpid(child, 0, WUNTRACED);
		ptrace(PTRACE_DETACH, child, 0, 0);
	} else if (!strcmp(how, "write"))
		process_vm_writev(child, &mine, 1, &its, 1, 0);
	else if (!strcmp(how, "read"))
		process_vm_readv(child, &mine, 1, &its, 1, 0);
	else if (!strcmp(how, "take"))
		syscall(SYS_pidfd_getfd, pidfd, held, 0);
	else if (!strcmp(how, "kill"))
		kill(child, SIGSTOP);
	else if (!strcmp(how, "tgkill"))
		syscall(SYS_tgkill, child, child, SIGSTOP);
	else if (!strcmp(how, "queue"))
		syscall(SYS_rt_sigqueueinfo, child, 64, &info);
	else if (!strcmp(how, "pidfd"))
		syscall(SYS_pidfd_send_signal, pidfd, SIGSTOP, 0, 0);
	else if (!strcmp(how, "usr1"))
		kill(child, SIGUSR1);
	else if (!strcmp(how, "probe"))
		kill(child, 0);
	else if (!strcmp(how, "join"))
		setns(pidfd, CLONE_NEWUTS);
	printf("%d\n", child);
	kill(child, SIGUSR2);	/* ends it, and is not told */
	kill(child, SIGCONT);
	waitpid(child, 0, 0);
	return 0;
}
