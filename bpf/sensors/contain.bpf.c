// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The answers that a hook can give: no exec, no network. (The kill is in the exec sensor.) */

static __always_inline bool kg_refuse_network(void)
{
	struct kg_containment *containment = kg_contained(KG_DENY_NETWORK);

	if (!containment)
		return false;
	__sync_fetch_and_add(&containment->connections_refused, 1);
	return true;
}

/*
 * Nothing else tells of a datagram that was refused; a refused connect is told by the system call's own event.
 * On the stack: these programs can be preempted, the scratch area is not theirs.
 */
static __always_inline void kg_tell_datagram(struct bpf_sock_addr *to, const __u32 *address, __u32 length)
{
	__u64 record[(sizeof(struct kg_connect) + 16) / sizeof(__u64)] = {};
	struct kg_connect *event = (struct kg_connect *)record;

	kg_fill_header(&event->header, KG_CONNECT, (void *)bpf_get_current_task());
	event->result = -KG_EPERM;
	event->given.family = length == 4 ? KG_AF_INET : KG_AF_INET6;
	event->given.port = bpf_ntohs((__u16)to->user_port);
	event->flags = KG_CONNECT_REFUSED;
	event->given.address_length = length;
	__builtin_memcpy(event->data, address, length);
	precious_send(event, sizeof(*event) + length);
}

/* connect4, connect6: attached to the monitored root only, so the rest of the node never comes here. 0 is EPERM. */
SEC("cgroup/connect4")
int kg_connect4(struct bpf_sock_addr *to)
{
	return !kg_refuse_network();
}

SEC("cgroup/connect6")
int kg_connect6(struct bpf_sock_addr *to)
{
	return !kg_refuse_network();
}

/* sendmsg4, sendmsg6: datagrams to an address given with the call; those need no connect. */
SEC("cgroup/sendmsg4")
int kg_sendmsg4(struct bpf_sock_addr *to)
{
	if (!kg_refuse_network())
		return 1;
	__u32 address = to->user_ip4;
	kg_tell_datagram(to, &address, sizeof(address));
	return 0;
}

SEC("cgroup/sendmsg6")
int kg_sendmsg6(struct bpf_sock_addr *to)
{
	if (!kg_refuse_network())
		return 1;
	__u32 address[4] = {to->user_ip6[0], to->user_ip6[1], to->user_ip6[2], to->user_ip6[3]};
	kg_tell_datagram(to, address, sizeof(address));
	return 0;
}

/* bprm_check_security: the only hook that can refuse an exec before the old program is gone. Not on every kernel. */
SEC("lsm/bprm_check_security")
int BPF_PROG(kg_deny_exec, struct linux_binprm *bprm, int earlier)
{
	if (earlier)
		return earlier;
	if (!kg_monitored())
		return 0;
	struct kg_containment *containment = kg_contained(KG_DENY_EXEC);
	if (!containment)
		return 0;
	__sync_fetch_and_add(&containment->execs_killed, 1);
	return -KG_EPERM;
}
