// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* dup, dup2, dup3, and fcntl where it does the same. */

#define KG_NR_FCNTL 72
#define KG_F_DUPFD 0
#define KG_F_DUPFD_CLOEXEC 1030

/* A socket that becomes standard input or output is how a reverse shell is made: rare, never behind the rest. */
KG_CALL_GROUP(dup)
{
	struct kg_args *args = &scratch->args;
	struct kg_dup *event = (struct kg_dup *)scratch->bytes;
	struct sock *sock = 0;
	struct file *file;
	__u64 size;

	if (args->number == KG_NR_FCNTL && (__u32)args->arg[1] != KG_F_DUPFD &&
	    (__u32)args->arg[1] != KG_F_DUPFD_CLOEXEC)
		return;
	kg_fill_header(&event->header, KG_DUP);
	event->number = args->number;
	event->fd = args->arg[0];
	event->result = result;
	event->flags = 0;
	event->opened = 0;
	event->file_type = 0;
	event->path_length = 0;
	event->socket.family = 0;
	event->socket.local_length = 0;
	event->socket.remote_length = 0;
	scratch->length = sizeof(*event);

	file = kg_file(result >= 0 ? result : event->fd);
	if (file) {
		event->opened = 1;
		__u64 magic = kg_magic(file);

		event->file_type = kg_file_type(file, magic);
		sock = kg_sock(file);
		if (sock) {
			kg_add_socket(scratch, &event->socket, sock);
		} else if (kg_has_path(magic)) {
			if (!kg_walk_path(scratch, &file->f_path))
				event->flags |= KG_DUP_PATH_TRUNCATED;
			event->path_length = scratch->length - sizeof(*event);
		}
	}
	event->precious = sock && result >= 0 && result <= 2;
	size = scratch->length & (KG_SCRATCH_WRITABLE - 1);
	if (event->precious)
		precious_send(event, size);
	else
		bulk_send(event, size);
}
