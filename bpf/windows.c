/* Windows per path: looked at when a SACK arrives, and in full when sock_diag asks for the association. */

/* Paths of one association that are walked; more than any set-up we know. */
#define MOST_PATHS 16
/* Sixteen copies of the body would take most of the time to compile. */
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

/* The transport that holds a list entry of asoc->peer.transport_addr_list, NULL at the end of the list. */
INLINE const void *transport_in(u64 entry, const void *head)
{
	return entry && entry != (u64)head ? (const void *)(entry - OFFSET_sctp_transport__transports) : NULL;
}

/* sctp:sctp_probe: each SACK received, before it is worked off. sctp:sctp_probe_path fires only from within the ring
 * buffer's part of sctp_probe (include/trace/events/sctp.h), which a raw tracepoint never runs: so we walk as it does. */
int at_sack(struct bpf_raw_tracepoint_args *ctx)
{
	const void *asoc = (void *)ctx->args[1];
	const void *head = ADDRESS_sctp_association__peer__transport_addr_list(asoc);
	struct assoc_windows *entry = association_of(asoc);
	u64 next = list_head__next(head);

	if (entry)
		look_at_association(entry, asoc);
	NO_UNROLL
	for (int i = 0; i < MOST_PATHS; i++) {
		const void *transport = transport_in(next, head);
		struct path_windows *path;

		if (!transport)
			break;
		path = path_of(transport);
		if (path && look_at(path, transport)) {
#ifdef EVERY_CHANGE
			struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_WINDOW};

			event.who = path->who;
			event.after = path->cwnd.now;
			event.ssthresh_after = path->ssthresh.now;
			event.flight = path->flight.now;
			event.peer_rwnd = sctp_association__peer__rwnd(asoc);
			events.perf_submit(ctx, &event, sizeof(event));
#endif
		}
		next = list_head__next((void *)next);
	}
	return 0;
}

/* sctp_get_sctp_info(sk, asoc, info): sock_diag tells an association, with the windows of its primary path. The other
 * paths at this very moment are ours to tell; so are path MTU and heartbeat timer, which netlink has no place for. */
int at_sock_diag(struct pt_regs *ctx, void *sk, void *asoc)
{
	const void *head;
	struct assoc_windows *entry;
	u64 next;

	/* Without an association it tells a socket. */
	if (!asoc)
		return 0;
	head = ADDRESS_sctp_association__peer__transport_addr_list(asoc);
	entry = association_of(asoc);
	if (entry) {
		look_at_association(entry, asoc);
		/* Neither is known when an association that we ask for is born. */
		entry->who.assoc_id = sctp_association__assoc_id(asoc);
		entry->who.peer_tag = sctp_association__c__peer_vtag(asoc);
		entry->told = entry->interval;
	}
	next = list_head__next(head);
	NO_UNROLL
	for (int i = 0; i < MOST_PATHS; i++) {
		const void *transport = transport_in(next, head);
		struct path_windows *path;

		if (!transport)
			break;
		path = path_of(transport);
		if (path) {
			look_at(path, transport);
			path->who.assoc_id = sctp_association__assoc_id(asoc);
			path->who.peer_tag = sctp_association__c__peer_vtag(asoc);
			path->partial_bytes_acked = sctp_transport__partial_bytes_acked(transport);
			path->pathmtu = sctp_transport__pathmtu(transport);
			path->srtt = sctp_transport__srtt(transport);
			path->rto = sctp_transport__rto(transport);
			path->errors = sctp_transport__error_count(transport);
			path->state = sctp_transport__state(transport);
			path->hb_running = sctp_transport__hb_timer__entry__pprev(transport) != 0;
			path->hb_due = sctp_transport__hb_timer__expires(transport) - bpf_jiffies64();
			path->told = path->interval;
		}
		next = list_head__next((void *)next);
	}
	return 0;
}

/* sctp_transport_free(transport): its memory may become another path. */
int at_transport_free(struct pt_regs *ctx, void *transport)
{
	u64 key = (u64)transport;

	paths.delete(&key);
	return 0;
}
