// SPDX-License-Identifier: MIT
/*
 * change_file CALL DIRECTORY [ARGUMENT...]: makes one system call that changes files. The calls without a descriptor
 * (mkdir) have DIRECTORY as working directory, the others (mkdirat) have a descriptor of it. A descriptor argument (of
 * fchmod, and of fchownat, fchmodat2 and linkat with the path "") is an O_PATH one of DIRECTORY, for fchmod and fchown
 * a readable one. Numbers are octal. Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NUMBER(text) strtol(text, 0, 8)
#define IS(name) (!strcmp(call, name))

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static long change(const char *call, int at, char **a)
{
	int empty = a[0] && !a[0][0] ? AT_EMPTY_PATH : 0;

	if (IS("rename")) return syscall(SYS_rename, a[0], a[1]);
	if (IS("renameat")) return syscall(SYS_renameat, at, a[0], at, a[1]);
	if (IS("renameat2")) return syscall(SYS_renameat2, at, a[0], AT_FDCWD, a[1], 1 /* RENAME_NOREPLACE */);
	if (IS("link")) return syscall(SYS_link, a[0], a[1]);
	if (IS("linkat")) return syscall(SYS_linkat, at, a[0], AT_FDCWD, a[1], empty);
	if (IS("symlink")) return syscall(SYS_symlink, a[0], a[1]);
	if (IS("symlinkat")) return syscall(SYS_symlinkat, a[0], at, a[1]);
	if (IS("unlink")) return syscall(SYS_unlink, a[0]);
	if (IS("unlinkat")) return syscall(SYS_unlinkat, at, a[0], NUMBER(a[1]));
	if (IS("mkdir")) return syscall(SYS_mkdir, a[0], NUMBER(a[1]));
	if (IS("mkdirat")) return syscall(SYS_mkdirat, at, a[0], NUMBER(a[1]));
	if (IS("rmdir")) return syscall(SYS_rmdir, a[0]);
	if (IS("mknod")) return syscall(SYS_mknod, a[0], NUMBER(a[1]), NUMBER(a[2]));
	if (IS("mknodat")) return syscall(SYS_mknodat, at, a[0], NUMBER(a[1]), NUMBER(a[2]));
	if (IS("chmod")) return syscall(SYS_chmod, a[0], NUMBER(a[1]));
	if (IS("fchmod")) return syscall(SYS_fchmod, at, NUMBER(a[0]));
	if (IS("fchmodat")) return syscall(SYS_fchmodat, at, a[0], NUMBER(a[1]));
	if (IS("fchmodat2")) return syscall(SYS_fchmodat2, at, a[0], NUMBER(a[1]), empty);
	if (IS("chown")) return syscall(SYS_chown, a[0], NUMBER(a[1]), NUMBER(a[2]));
	if (IS("lchown")) return syscall(SYS_lchown, a[0], NUMBER(a[1]), NUMBER(a[2]));
	if (IS("fchown")) return syscall(SYS_fchown, at, NUMBER(a[0]), NUMBER(a[1]));
	if (IS("fchownat")) return syscall(SYS_fchownat, at, a[0], NUMBER(a[1]), NUMBER(a[2]), empty);
	return -1;
}

int main(int argc, char **argv)
{
	int readable = !strcmp(argv[1], "fchmod") || !strcmp(argv[1], "fchown");
	int at = open(argv[2], readable ? O_RDONLY : O_PATH);

	if (at < 0 || (strstr(argv[1], "at") == 0 && !readable && chdir(argv[2])))
		return 255;
	return change(argv[1], at, argv + 3) ? errno : 0;
}
