// SPDX-License-Identifier: MIT
/* open_by_handle DIRECTORY FILE: asks for FILE's handle and opens that by DIRECTORY's mount. Exits 0, or with errno. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

int main(int argc, char **argv)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = {.handle = {.handle_bytes = MAX_HANDLE_SZ}};
	int mount_id;
	int directory = open(argv[1], O_RDONLY | O_DIRECTORY);

	if (name_to_handle_at(AT_FDCWD, argv[2], &file.handle, &mount_id, 0))
		return errno;
	return open_by_handle_at(directory, &file.handle, O_RDONLY) < 0 ? errno : 0;
}
