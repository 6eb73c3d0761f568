/* How long messages wait, of all associations, counted in bins: ours from the hand-over by the application to the first
 * transmission of its last chunk, the peer's from arrival until the application has read them. */

enum { WAIT_HELD, WAIT_UNREAD };

/* ``turn``: the reading that it is for. What is counted meanwhile is another entry. */
struct wait_bin {
	u64 asoc;
	u16 wait, bin;
	u32 turn;
};

#define WAITS 1

/* ``turn`` or epoch in which it was handed over; more: MSG_MORE holds it, by the application's own will. */
struct handed_over {
	u64 ns, blocked_ns;
	u32 turn;
	u8 ngap, more, unused[2];
};

/* ns 0: it came while another chunk was missing, or is not whole: how long it waits to be read is not known. */
struct unread {
	u64 asoc, ns;
	u32 turn;
	u8 ngap, unused[3];
};

BPF_TABLE("hash", u64, struct handed_over, handed_over, ROOM_FOR_MESSAGES);
BPF_TABLE("hash", u64, struct unread, unread, ROOM_FOR_MESSAGES);
BPF_TABLE("hash", struct wait_bin, u64, waits, ROOM_FOR_COUNTS);

INLINE void waited(u64 asoc, u16 wait, u64 ns)
{
	struct wait_bin bin = {.asoc = asoc, .wait = wait, .bin = bin_of(ns)};
	u64 zero = 0, *times;

	bin.turn = this_interval();
	times = waits.lookup_or_try_init(&bin, &zero);
	if (times)
		__sync_fetch_and_add(times, 1);
	else
		found_no_room(ROOM_WAITS);
}

#ifdef HAVE_sctp_association__force_delay

/* Whether the application said so of the message that it hands over. */
INLINE bool more_follow(const void *asoc)
{
	struct assoc_windows *entry;

	if (!sctp_association__force_delay(asoc))
		return false;
	entry = known(asoc);
	if (entry)
		entry->more++;
	return true;
}

#endif

/* sctp_outq_tail(outqueue, chunk, gfp): of control chunks too. */
INLINE int at_hand_over(void *ctx, void *outqueue, void *chunk)
{
	const struct following *now = following_now();
	u64 key = (u64)chunk;
	struct handed_over new = {};
	struct message message = {};

	if (!now || !message_of(&message, chunk))
		return 0;
	new.turn = now->turn;
#ifdef NGAP
	if (ngap_goes(&message, chunk)) {
		new.ngap = 1;
		new.turn = now->epoch;
	}
#endif
	if (!is_followed(now) && !new.ngap)
		return 0;
	if (!message.ends && !new.ngap)
		return 0;
	new.ns = bpf_ktime_get_ns();
#ifdef HAVE_sctp_association__force_delay
	new.more = more_follow((void *)sctp_chunk__asoc(chunk));
#endif
#ifdef BLOCKED
	if (new.ngap && message.begins)
		new.blocked_ns = blocked_for(chunk, new.ns);
#endif
	if (handed_over.update(&key, &new))
		found_no_room(ROOM_HANDED_OVER);
	return 0;
}

/* Of the path that the chunk was given, or the active one (sctp_outq_select_transport). */
INLINE void put_in_packet(const void *chunk)
{
	const void *transport = (void *)sctp_chunk__transport(chunk);
	struct path_windows *path;

	if (!transport)
		transport = (void *)sctp_association__peer__active_path((void *)sctp_chunk__asoc(chunk));
	path = known_path(transport);
	if (!path)
		return;
#ifdef DATA_RTT
	time_data(path, transport);
#endif
#ifdef BURSTS
	look_at_burst(path, transport, chunk);
#endif
}

/* sctp_chunk_assign_tsn(chunk): as DATA is put in a packet; called again when it is sent again. */
INLINE int at_transmission(void *ctx, void *chunk)
{
	const struct following *now = following_now();
	u64 key = (u64)chunk, ns, asoc;
	struct handed_over *entry, begun;

	if (!now)
		return 0;
	if (now->all)
		put_in_packet(chunk);
	entry = handed_over.lookup(&key);
	if (!entry) {
#ifdef NGAP
		ngap_sent_again(ctx, chunk);
#endif
		return 0;
	}
	begun = *entry;
	handed_over.delete(&key);
	if (begun.turn != (begun.ngap ? now->epoch : now->turn))
		return 0;
	ns = bpf_ktime_get_ns();
	asoc = sctp_chunk__asoc(chunk);
	if (!begun.more)
		waited(asoc, WAIT_HELD, ns - begun.ns);
#ifdef NGAP
	if (begun.ngap)
		ngap_sent(ctx, chunk, (void *)asoc, begun.ns, begun.blocked_ns, ns);
#endif
	return 0;
}

/* Whether a chunk before the last one that came is missing: what comes now may wait for that one, not to be read. */
INLINE bool one_is_missing(const void *asoc)
{
	return sctp_association__peer__tsn_map__cumulative_tsn_ack_point(asoc) !=
	       sctp_association__peer__tsn_map__max_tsn_seen(asoc);
}

/* sctp_ulpevent_make_rcvmsg(asoc, chunk, gfp): the first that is done with data that was accepted, returns its event. */
INLINE int at_arrival(void *ctx, u64 returned, u64 since, void *asoc, void *chunk)
{
	const struct following *now = following_now();
	u64 key = returned;
	struct unread new = {.asoc = (u64)asoc};
	struct message message = {};
	bool followed;

	/* No memory for it, or no room in the receive buffer: NULL, and the peer will send it again. */
	if (!key || !now)
		return 0;
	if (!message_of(&message, chunk))
		return 0;
#ifdef RWND
	if (now->all)
		rwnd_decreased(asoc, message.length);
#endif
	followed = is_followed(now);
	if (!message.begins)
		return 0;
	new.turn = now->turn;
#ifdef NGAP
	if (ngap_chosen(&message, asoc)) {
		new.ngap = 1;
		new.turn = now->epoch;
	}
#endif
	if (!new.ngap && !followed)
		return 0;
	if (message.ends && !one_is_missing(asoc))
		new.ns = since;
	if (unread.update(&key, &new))
		found_no_room(ROOM_UNREAD);
#ifdef NGAP
	if (new.ngap)
		ngap_came(&message, asoc, key, since);
#endif
	return 0;
}

/* sctp_ulpevent_free(event): read to its end, or thrown away as the socket is closed. */
INLINE int at_read(void *ctx, void *event)
{
	const struct following *now = following_now();
	u64 key = (u64)event, ns;
	struct unread *waiting, begun;

	if (!now)
		return 0;
	waiting = unread.lookup(&key);
	if (!waiting)
		return 0;
	begun = *waiting;
	unread.delete(&key);
	if (begun.turn != (begun.ngap ? now->epoch : now->turn))
		return 0;
	ns = bpf_ktime_get_ns();
	if (begun.ns)
		waited(begun.asoc, WAIT_UNREAD, ns - begun.ns);
#ifdef NGAP
	if (begun.ngap)
		ngap_read(ctx, begun.asoc, key, ns);
#endif
	return 0;
}

/* The message of an event that waits to be read got its last chunk at ``ns``, or 0, and may be another event now. */
INLINE void unread_is_now(u64 before, u64 key, u64 ns)
{
	struct unread *waiting = unread.lookup(&before), now;

	if (!waiting)
		return;
	now = *waiting;
	if (!one_is_missing((void *)now.asoc))
		now.ns = ns;
	if (unread.update(&key, &now))
		found_no_room(ROOM_UNREAD);
	if (key != before)
		unread.delete(&before);
}
