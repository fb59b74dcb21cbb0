// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The whole kernel side: an index. Shared parts first, then one file per sensor.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "events.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* A section of its own, so that the collector finds it without an offset. */
const volatile struct kg_settings settings SEC(".rodata.settings") = {};

/* The records are in no map, so nothing else puts them into BTF, where StructLayoutTest compares them with Java. */
#define KG_IN_BTF(type) struct type *in_btf_##type __attribute__((unused));
KG_IN_BTF(kg_header)
KG_IN_BTF(kg_exec)
KG_IN_BTF(kg_environment_name)
KG_IN_BTF(kg_counts)
KG_IN_BTF(kg_cpu)
KG_IN_BTF(kg_fork)
KG_IN_BTF(kg_exit)
KG_IN_BTF(kg_open)
KG_IN_BTF(kg_connect)
KG_IN_BTF(kg_cgroup)
KG_IN_BTF(kg_socket)
KG_IN_BTF(kg_given_address)
KG_IN_BTF(kg_socket_call)
KG_IN_BTF(kg_dns)
KG_IN_BTF(kg_dup)
KG_IN_BTF(kg_file_change)
KG_IN_BTF(kg_call)

#include "read.h"
#include "ring.h"

KG_RING(precious)	/* rare, needed to make sense of the rest: processes, cgroups, connections */
KG_RING(bulk)		/* the rest */

#include "scratch.h"
#include "filter.h"
#include "task.h"
#include "core_fixes.h"
#include "call.h"
#include "counts.h"
#include "path.h"
#include "environment.h"
#include "may_write.h"
#include "exec_event.h"
#include "descriptor.h"
#include "given.h"
#include "repeat.h"
#include "dup.h"
#include "file_change.h"
#include "network.h"
#include "given_address.h"
#include "containment.h"
#include "container_path.h"
#include "pid.h"
#include "call_event.h"

#include "sensors/exec.bpf.c"
#include "sensors/running.bpf.c"
#include "sensors/fork.bpf.c"
#include "sensors/exit.bpf.c"
#include "sensors/open.bpf.c"
#include "sensors/file_change.bpf.c"
#include "sensors/times.bpf.c"
#include "sensors/dup.bpf.c"
#include "sensors/connect.bpf.c"
#include "sensors/socket.bpf.c"
#include "sensors/send.bpf.c"
#include "sensors/dns.bpf.c"
#include "sensors/privilege.bpf.c"
#include "sensors/namespace.bpf.c"
#include "sensors/mount.bpf.c"
#include "sensors/handle.bpf.c"
#include "sensors/process.bpf.c"
#include "sensors/signal.bpf.c"
#include "sensors/module.bpf.c"
#include "sensors/object.bpf.c"
#include "sensors/machine.bpf.c"
#include "sensors/io_uring.bpf.c"
#include "sensors/syscall.bpf.c"
#include "sensors/cgroup.bpf.c"
#include "sensors/contain_file.bpf.c"
#include "sensors/contain_connect.bpf.c"
#include "sensors/contain_packet.bpf.c"
#include "sensors/contain_socket.bpf.c"
