// SPDX-License-Identifier: MIT
/*
 * mount_anew DIRECTORY: in a mount namespace of its own, mounts a tmpfs there the way of fsopen(2): fsopen, fsconfig twice,
 * fsmount, move_mount, mount_setattr (read only). Exits 0, or with errno.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};

	if (unshare(CLONE_NEWNS) || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0))
		return errno;
	int fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", "64k", 0) ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0))
		return errno;
	int mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID);
	if (mount < 0 || chdir(argv[1]) ||
	    syscall(SYS_move_mount, mount, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH) ||
	    syscall(SYS_mount_setattr, AT_FDCWD, argv[1], AT_RECURSIVE, &attributes, sizeof(attributes)))
		return errno;
	return 0;
}
