// SPDX-License-Identifier: MIT
// What a container runtime does with a seccomp profile, and how a test learns what a program calls:
//   confine learn NAMES -- PROGRAM ARGUMENT…           writes the names of the system calls that it makes, one a line
//   confine enforce NAMES ERRNO -- PROGRAM ARGUMENT…   runs it with these allowed and every other failing with ERRNO
// libseccomp's own functions, which runc uses too; declared here, so that its headers need not be installed.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACT_ALLOW 0x7fff0000U
#define ACT_ERRNO 0x00050000U
#define MOST_CALLS 1024

void *seccomp_init(uint32_t action);
int seccomp_rule_add(void *filter, uint32_t action, int call, unsigned int arguments, ...);
int seccomp_load(void *filter);
int seccomp_syscall_resolve_name(const char *name);
char *seccomp_syscall_resolve_num_arch(uint32_t arch, int number);

static void fail(const char *what)
{
	perror(what);
	exit(125);
}

static int learn(const char *file, char **command)
{
	static char seen[MOST_CALLS];
	pid_t child = fork();
	int status;

	if (child < 0)
		fail("fork");
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
			fail("ptrace");
		raise(SIGSTOP);
		execv(command[0], command);
		fail(command[0]);
	}
	if (waitpid(child, &status, 0) < 0)
		fail("waitpid");
	ptrace(PTRACE_SETOPTIONS, child, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, child, 0, 0);
	for (;;) {
		pid_t who = waitpid(-1, &status, __WALL);
		struct user_regs_struct regs;
		int deliver = 0;

		if (who < 0)
			break;
		if (WIFEXITED(status) || WIFSIGNALED(status))
			continue;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (ptrace(PTRACE_GETREGS, who, 0, &regs) == 0 && regs.orig_rax < MOST_CALLS)
				seen[regs.orig_rax] = 1;
		} else if (WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP) {
			deliver = WSTOPSIG(status);
		}
		ptrace(PTRACE_SYSCALL, who, 0, deliver);
	}
	FILE *out = fopen(file, "w");
	if (!out)
		fail(file);
	for (int i = 0; i < MOST_CALLS; i++) {
		char *name = seen[i] ? seccomp_syscall_resolve_num_arch(0, i) : NULL;
		if (name)
			fprintf(out, "%s\n", name);
		free(name);
	}
	fclose(out);
	return 0;
}

static int enforce(const char *file, int error, char **command)
{
	void *filter = seccomp_init(ACT_ERRNO | (uint32_t)error);
	char name[64];
	FILE *in = fopen(file, "r");

	if (!filter || !in)
		fail(file);
	while (fscanf(in, "%63s", name) == 1) {
		int call = seccomp_syscall_resolve_name(name);
		if (call < 0) {
			fprintf(stderr, "libseccomp does not know %s\n", name);
			return 124;
		}
		if (seccomp_rule_add(filter, ACT_ALLOW, call, 0) != 0)
			fail(name);
	}
	fclose(in);
	if (seccomp_load(filter) != 0)
		fail("seccomp_load");
	execv(command[0], command);
	fail(command[0]);
	return 125;
}

int main(int argc, char **argv)
{
	if (argc > 4 && strcmp(argv[1], "learn") == 0)
		return learn(argv[2], argv + 4);
	if (argc > 5 && strcmp(argv[1], "enforce") == 0)
		return enforce(argv[2], atoi(argv[3]), argv + 5);
	return 2;
}
