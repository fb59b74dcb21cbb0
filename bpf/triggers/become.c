// SPDX-License-Identifier: MIT
/*
 * become UID GID GROUP[,GROUP...]|- CAPABILITY|- PROGRAM [ARG...]: becomes the program as this user, with these groups and,
 * through exec, this one capability (its number in linux/capability.h) as inheritable and ambient.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int keep(int capability)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {};

	sets[capability / 32].permitted = sets[capability / 32].inheritable = 1U << capability % 32;
	return syscall(SYS_capset, &header, sets) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

int main(int argc, char **argv)
{
	gid_t groups[32];
	int count = 0;

	if (argc < 6)
		return 125;
	for (char *group = strcmp(argv[3], "-") ? strtok(argv[3], ",") : 0; group && count < 32; group = strtok(0, ","))
		groups[count++] = atoi(group);
	if (setgroups(count, groups) || setresgid(atoi(argv[2]), atoi(argv[2]), atoi(argv[2])) || prctl(PR_SET_KEEPCAPS, 1) ||
	    setresuid(atoi(argv[1]), atoi(argv[1]), atoi(argv[1])))
		return 126;
	if (strcmp(argv[4], "-") && keep(atoi(argv[4])))
		return 126;
	execv(argv[5], argv + 5);
	return 127;
}
