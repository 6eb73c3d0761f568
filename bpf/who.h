/* Which association and which path: the names by which user space knows them. */

#define INLINE static inline __attribute__((always_inline))
/* Copies of a loop's body would take most of the time to compile. */
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

struct who {
	u32 netns, assoc_id;
	u32 own_tag, peer_tag;
	u16 local_port, remote_port;
	u16 family, unused;
	u8 address[16];
};

INLINE void name_association(struct who *who, const void *asoc)
{
	const void *sk = (void *)sctp_association__base__sk(asoc);

#ifdef HAVE_sock_common__skc_net__net
	who->netns = net__ns__inum((void *)sock_common__skc_net__net(sk));
#endif
	who->assoc_id = sctp_association__assoc_id(asoc);
	who->own_tag = sctp_association__c__my_vtag(asoc);
	who->peer_tag = sctp_association__c__peer_vtag(asoc);
	who->local_port = sctp_association__base__bind_addr__port(asoc);
	who->remote_port = sctp_association__peer__port(asoc);
}

/* ipaddr is a union of sockaddr_in and sockaddr_in6: family first, address at byte 4 or 8. */
INLINE void read_address(u16 *family, u8 *address, const void *ipaddr)
{
	bpf_probe_read_kernel(family, sizeof(*family), ipaddr);
	if (*family == 2)
		bpf_probe_read_kernel(address, 4, ipaddr + 4);
	else
		bpf_probe_read_kernel(address, 16, ipaddr + 8);
}

INLINE void name_path(struct who *who, const void *transport)
{
	read_address(&who->family, who->address, ADDRESS_sctp_transport__ipaddr(transport));
}
