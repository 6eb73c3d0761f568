/* Windows per path: looked at when a SACK arrives, and in full when sock_diag asks for the association. */

/* Paths of one association that are walked; more than any set-up we know. */
#define MOST_PATHS 16

/* The transport that holds a list entry of asoc->peer.transport_addr_list, NULL at the end of the list. */
INLINE const void *transport_in(u64 entry, const void *head)
{
	return entry && entry != (u64)head ? (const void *)(entry - OFFSET_sctp_transport__transports) : NULL;
}

#ifdef EVERY_CHANGE

INLINE void show(void *ctx, struct path_windows *path, u32 peer_rwnd)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_WINDOW};

	if (path->shown_cwnd == path->cwnd.now && path->shown_ssthresh == path->ssthresh.now &&
	    path->shown_flight == path->flight.now && path->shown_rwnd == peer_rwnd)
		return;
	path->shown_cwnd = path->cwnd.now;
	path->shown_ssthresh = path->ssthresh.now;
	path->shown_flight = path->flight.now;
	path->shown_rwnd = peer_rwnd;
	event.who = path->who;
	event.after = path->cwnd.now;
	event.ssthresh_after = path->ssthresh.now;
	event.flight = path->flight.now;
	event.peer_rwnd = peer_rwnd;
	submit(ctx, &event);
}

#endif

/* The numbers of gap blocks and of duplicate TSNs in a SACK: RFC 9260 section 3.3.4. */
struct sack_numbers {
	u16 gaps, duplicates;
};

INLINE void read_sack(struct sack_numbers *numbers, const void *chunk)
{
	bpf_probe_read_kernel(numbers, sizeof(*numbers), (void *)sctp_chunk__chunk_hdr(chunk) + 12);
}

/* sctp:sctp_probe: each SACK received, before it is worked off. sctp:sctp_probe_path fires only from within the ring
 * buffer's part of sctp_probe (include/trace/events/sctp.h), which a raw tracepoint never runs: so we walk as it does. */
INLINE int at_sack(struct bpf_raw_tracepoint_args *ctx)
{
	const void *asoc = (void *)ctx->args[1];
	const void *head = ADDRESS_sctp_association__peer__transport_addr_list(asoc);
	const struct following *now = following_now();
	struct sack_numbers numbers = {};
	struct assoc_windows *entry;
	u64 next;

	read_sack(&numbers, (void *)ctx->args[2]);
#ifndef EVERY_CHANGE
	/* Where there are very many, those that tell of no loss are looked at in the whiles in which messages are followed. */
	if (!(now && now->all) && !numbers.gaps && !numbers.duplicates)
		return 0;
#endif
	entry = known(asoc);
	if (!entry)
		return 0;
	next = list_head__next(head);
	look_at_association(entry, asoc);
	entry->peer_dups += FROM_NETWORK16(numbers.duplicates);
	NO_UNROLL
	for (int i = 0; i < MOST_PATHS; i++) {
		const void *transport = transport_in(next, head);
		struct path_windows *path;

		if (!transport)
			break;
		path = known_path(transport);
		if (path) {
			look_at(path, transport);
#ifdef EVERY_CHANGE
			show(ctx, path, entry->peer_rwnd.now);
#endif
		}
		next = list_head__next((void *)next);
	}
	return 0;
}

/* SCTP_PR_SCTP_TTL, _RTX and _PRIO, the policies of partial reliability: uapi/linux/sctp.h. */
#define POLICIES 3

INLINE u64 of_all_policies(const void *counters)
{
	u64 counts[POLICIES] = {};

	bpf_probe_read_kernel(counts, sizeof(counts), counters);
	return counts[0] + counts[1] + counts[2];
}

/* sctp_get_sctp_info(sk, asoc, info): sock_diag tells an association, with the windows of its primary path. The other
 * paths at this very moment are ours to tell; so are path MTU and heartbeat timer, which netlink has no place for. */
INLINE int at_sock_diag(void *ctx, void *sk, void *asoc)
{
	struct assoc_windows *entry;
	struct assoc_bytes new = {};
	u64 assoc_key = (u64)asoc, next;
	const void *head;

	/* Without an association it tells a socket. */
	if (!asoc)
		return 0;
	entry = (struct assoc_windows *)associations.lookup_or_try_init(&assoc_key, &new);
	if (!entry) {
		found_no_room(ROOM_ASSOCIATIONS);
		return 0;
	}
	/* Anew each time: a restart changes the tags, and memory may be another association's now. */
	name_association(&entry->who, asoc);
	look_at_association(entry, asoc);
	entry->param_flags = sctp_association__param_flags(asoc);
	entry->sackfreq = sctp_association__sackfreq(asoc);
	entry->abandoned_unsent = of_all_policies(ADDRESS_sctp_association__abandoned_unsent(asoc));
	entry->abandoned_sent = of_all_policies(ADDRESS_sctp_association__abandoned_sent(asoc));
	entry->told = entry->interval;
	entry->told_ns = bpf_ktime_get_ns();
	entry->told_jiffies = bpf_jiffies64();
	head = ADDRESS_sctp_association__peer__transport_addr_list(asoc);
	next = list_head__next(head);
	NO_UNROLL
	for (int i = 0; i < MOST_PATHS; i++) {
		const void *transport = transport_in(next, head);
		struct path_windows *path;

		if (!transport)
			break;
		path = path_of(&entry->who, transport);
		if (path) {
			look_at(path, transport);
			path->partial_bytes_acked = sctp_transport__partial_bytes_acked(transport);
			path->pathmtu = sctp_transport__pathmtu(transport);
			path->srtt = sctp_transport__srtt(transport);
			path->rto = sctp_transport__rto(transport);
			path->errors = sctp_transport__error_count(transport);
			path->state = sctp_transport__state(transport);
			path->hb_expires = sctp_transport__hb_timer__entry__pprev(transport) ?
						   sctp_transport__hb_timer__expires(transport) : 0;
			path->param_flags = sctp_transport__param_flags(transport);
#ifdef HAVE_sctp_transport__encap_port
			path->encap_port = FROM_NETWORK16((u16)sctp_transport__encap_port(transport));
#endif
			path->told = path->interval;
		}
		next = list_head__next((void *)next);
	}
	return 0;
}

/* sctp_make_fwdtsn(asoc, new_cum_tsn, ...), and the same for I-DATA: between the cumulative TSN that the peer acknowledged
 * and the new one is nothing but chunks that were abandoned (sctp_generate_fwdtsn). It is sent again as it is. */
INLINE int at_forward_tsn(void *ctx, void *asoc, u32 new_cum_tsn)
{
	struct assoc_windows *entry = known(asoc);
	u32 from = sctp_association__ctsn_ack_point(asoc);

	if (!entry)
		return 0;
	if (entry->forwarded && (s32)(entry->forwarded - from) > 0)
		from = entry->forwarded;
	if ((s32)(new_cum_tsn - from) > 0)
		entry->skipped += new_cum_tsn - from;
	entry->forwarded = new_cum_tsn;
	return 0;
}

/* sctp_transport_free(transport) */
INLINE int at_transport_free(void *ctx, void *transport)
{
	struct path_windows *path = known_path(transport);

	if (path)
		path->gone = 1;
	return 0;
}
