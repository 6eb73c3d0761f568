/* Round trips in nanoseconds: of heartbeats, one event each; of data, counted in bins. */

/* A heartbeat is known by the nonce of its path, one for the life of the path, and the jiffy stamped into it: both come
 * back in the HEARTBEAT-ACK. One that is late may be overtaken by the next. */
struct beat {
	u64 sent_at, ns;
};

struct beats {
	u64 transport;
	struct beat last, before;
};

BPF_TABLE("hash", u64, struct beats, beats, ROOM_FOR_PATHS);

/* sctp_make_heartbeat(asoc, transport, probe_size) returns the chunk, which is sent at once. */
INLINE int heartbeat_made(void *ctx, u64 returned, u64 since)
{
	const void *chunk = (void *)returned;
	const void *info;
	struct beats new = {}, *entry;
	u64 nonce, sent_at;

	/* No memory for it: NULL. */
	if (!chunk)
		return 0;
	info = (void *)sctp_chunk__subh__hbs_hdr(chunk);
#ifdef HAVE_sctp_sender_hb_info__probe_size
	/* A probe for the path MTU is padded and may be lost for its size. */
	if (sctp_sender_hb_info__probe_size(info))
		return 0;
#endif
	nonce = sctp_sender_hb_info__hb_nonce(info);
	sent_at = sctp_sender_hb_info__sent_at(info);
	new.transport = sctp_chunk__transport(chunk);
	entry = beats.lookup_or_try_init(&nonce, &new);
	if (!entry) {
		found_no_room(ROOM_BEATS);
		return 0;
	}
	entry->transport = new.transport;
	entry->before = entry->last;
	entry->last.sent_at = sent_at;
	entry->last.ns = bpf_ktime_get_ns();
	return 0;
}

/* enum sctp_disposition, include/net/sctp/command.h. A malformed, foreign or late ACK is not consumed. */
enum { DISPOSITION_CONSUME = 1 };

/* sctp_sf_backbeat_8_3(net, ep, asoc, type, chunk, commands): a HEARTBEAT-ACK arrived, and what it returns tells whether
 * it counts. (sctp_cmd_transport_on, which it then has called, is inlined on every kernel we looked at.) */
INLINE int backbeat(void *ctx, u64 returned, u64 since, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	const void *info = (void *)sk_buff__data((void *)sctp_chunk__skb(chunk));
	u64 nonce = sctp_sender_hb_info__hb_nonce(info), sent_at = sctp_sender_hb_info__sent_at(info);
	struct beats *entry = beats.lookup(&nonce);
	struct beat *sent;
	struct path_windows *path;
	struct probe_event event = {.kind = KIND_HB_RTT};

	since = entered(since);
	if (!entry || (u32)returned != DISPOSITION_CONSUME)
		return 0;
	path = path_named_by(asoc, (void *)entry->transport);
	if (!path)
		return 0;
	path->hb_acknowledged = 1;
	sent = entry->last.sent_at == sent_at ? &entry->last : &entry->before;
	if (sent->sent_at != sent_at || !sent->ns)
		return 0;
	event.who = path->who;
	event.ns = since;
	event.rtt_ns = since - sent->ns;
	/* The subtraction of sctp_cmd_transport_on, which follows. */
	event.jiffies = bpf_jiffies64() - sent_at;
	sent->ns = 0;
	submit(ctx, &event);
	return 0;
}

/* ``turn``: the reading that it is for. What is counted meanwhile is another entry. */
struct rtt_bin {
	u64 transport;
	u32 bin, turn;
};

BPF_TABLE("hash", struct rtt_bin, u64, data_rtts, ROOM_FOR_COUNTS);

/* The kernel times one chunk a path (rto_pending), the first of a packet that is sent for the first time
 * (sctp_packet_pack, at the end); so do we. Where it does not tell, whatever is put in a packet may be that one. */
INLINE bool may_be_timed(const void *transport)
{
#ifdef HAVE_sctp_transport__rto_pending
	return !TYPED_sctp_transport__rto_pending(transport);
#else
	return true;
#endif
}

/* Such a DATA chunk is put in a packet of this path, whose transmission follows at once. */
INLINE void time_data(struct path_windows *path, u64 ns)
{
#ifndef HAVE_sctp_transport__rto_pending
	if (path->timed_ns)
		return;
#endif
	path->timed_ns = ns;
	path->timed_jiffies = bpf_jiffies64();
}

#define DATA_RTT 1

/* sctp_transport_lower_cwnd(transport, reason): called where chunks are marked for retransmission, which cancels their
 * timing. Called for idleness too, when none is under way. */
INLINE int at_lower_timing(void *ctx, void *transport)
{
	struct path_windows *path = known_path(transport);

	if (path)
		path->timed_ns = 0;
	return 0;
}

/* A machine may stand still for some jiffies between the kernel's look at the clock and ours, a virtual one above all. */
#define PATIENCE 4

/* sctp_transport_update_rto(transport, rtt): the kernel takes a sample of either kind, in jiffies. One of data is timed
 * beside it, and kept only where both agree on when the timing began: what the kernel refused is no sample here. */
INLINE int at_update_rto(void *ctx, void *transport, u32 rtt)
{
	const struct following *now = following_now();
	struct path_windows *path;
	u64 since;

	/* What was begun before is refused by the clock below when messages are followed again. */
	if (!now || !now->all)
		return 0;
	path = known_path(transport);
	if (!path)
		return 0;
	since = path->timed_ns;
	/* Either way the kernel clears rto_pending: the next chunk sent is timed anew. */
	path->timed_ns = 0;
	if (path->hb_acknowledged) {
		path->hb_acknowledged = 0;
	} else if (since && bpf_jiffies64() - path->timed_jiffies - rtt + 1 < PATIENCE) {
		struct rtt_bin bin = {.transport = (u64)transport, .bin = bin_of(bpf_ktime_get_ns() - since)};
		u64 zero = 0, *times;

		bin.turn = this_interval();
		times = data_rtts.lookup_or_try_init(&bin, &zero);
		if (times)
			__sync_fetch_and_add(times, 1);
		else
			found_no_room(ROOM_DATA_RTTS);
	}
	return 0;
}

/* sctp_transport_free(transport) */
INLINE int at_transport_free_beats(void *ctx, void *transport)
{
	u64 nonce = sctp_transport__hb_nonce(transport);

	beats.delete(&nonce);
	return 0;
}
