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

/* Since when a message of an association waits to leave or to be read. ``turn`` or epoch in which that began; ``more``:
 * MSG_MORE holds it, by the application's own will. ns 0: it came while another chunk was missing, or is not whole: how long
 * it waits to be read is not known. */
struct wait_begun {
	u64 asoc, ns, blocked_ns;
	u32 turn;
	u8 ngap, more, unused[2];
};

BPF_TABLE("hash", u64, struct wait_begun, handed_over, ROOM_FOR_MESSAGES);
BPF_TABLE("hash", u64, struct wait_begun, unread, ROOM_FOR_MESSAGES);
BPF_TABLE("hash", struct wait_bin, u64, waits, ROOM_FOR_COUNTS);

/* Most messages find a free slot by the address that names them, which spares the tables their locks: a quarter of what all
 * this costs. Whoever makes ``claims`` 1 has the slot. */
struct slot {
	u64 key;
	u32 claims;
	u32 beside; /* messages that are in the table, for this slot was another one's */
	struct wait_begun begun;
};

/* Not on arm64, whose processors may show the key and the claim of another one in either order. */
#if defined(TYPED) && !defined(__aarch64__)

#define SLOT_BITS 12

BPF_ARRAY(leaving_slots, struct slot, 1 << SLOT_BITS);
BPF_ARRAY(unread_slots, struct slot, 1 << SLOT_BITS);

INLINE struct slot *leaving_slot(u64 key, const struct following *now)
{
	int place = PLACE_FOR(key, now, SLOT_BITS);

	return leaving_slots.lookup(&place);
}

INLINE struct slot *unread_slot(u64 key, const struct following *now)
{
	int place = PLACE_FOR(key, now, SLOT_BITS);

	return unread_slots.lookup(&place);
}

#else

#define leaving_slot(key, now) NULL
#define unread_slot(key, now) NULL

#endif

INLINE bool put_in_slot(struct slot *slot, u64 key, const struct wait_begun *begun)
{
	if (!slot)
		return false;
	if (slot->key != key) {
		__sync_fetch_and_add(&slot->claims, 1);
		if (*(volatile u32 *)&slot->claims != 1) {
			__sync_fetch_and_add(&slot->claims, -1);
			return false;
		}
	}
	slot->begun = *begun;
	slot->key = key;
	return true;
}

INLINE bool take_from_slot(struct slot *slot, u64 key, struct wait_begun *begun)
{
	if (!slot || slot->key != key)
		return false;
	*begun = slot->begun;
	slot->key = 0;
	__sync_fetch_and_add(&slot->claims, -1);
	return true;
}

/* Where a slot says so the table need not be asked. */
INLINE bool none_beside(const struct slot *slot)
{
	return slot && !*(volatile const u32 *)&slot->beside;
}

INLINE void beside(struct slot *slot, int more)
{
	if (slot)
		__sync_fetch_and_add(&slot->beside, more);
}

INLINE void put_leaving(u64 key, struct wait_begun *begun, const struct following *now)
{
	struct slot *slot = leaving_slot(key, now);

	if (put_in_slot(slot, key, begun))
		return;
	if (handed_over.update(&key, begun))
		found_no_room(ROOM_HANDED_OVER);
	else
		beside(slot, 1);
}

INLINE bool take_leaving(u64 key, struct wait_begun *begun, const struct following *now)
{
	struct slot *slot = leaving_slot(key, now);
	struct wait_begun *waiting;

	if (take_from_slot(slot, key, begun))
		return true;
	if (none_beside(slot))
		return false;
	waiting = handed_over.lookup(&key);
	if (!waiting)
		return false;
	*begun = *waiting;
	handed_over.delete(&key);
	beside(slot, -1);
	return true;
}

INLINE void put_unread(u64 key, struct wait_begun *begun, const struct following *now)
{
	struct slot *slot = unread_slot(key, now);

	if (put_in_slot(slot, key, begun))
		return;
	if (unread.update(&key, begun))
		found_no_room(ROOM_UNREAD);
	else
		beside(slot, 1);
}

INLINE bool take_unread(u64 key, struct wait_begun *begun, const struct following *now)
{
	struct slot *slot = unread_slot(key, now);
	struct wait_begun *waiting;

	if (take_from_slot(slot, key, begun))
		return true;
	if (none_beside(slot))
		return false;
	waiting = unread.lookup(&key);
	if (!waiting)
		return false;
	*begun = *waiting;
	unread.delete(&key);
	beside(slot, -1);
	return true;
}

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

	if (!TYPED_sctp_association__force_delay(asoc))
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
	const void *asoc;
	struct wait_begun new = {};
	struct message message = {};

	if (!now || !message_in_short(&message, chunk))
		return 0;
	asoc = (void *)TYPED_sctp_chunk__asoc(chunk);
	new.asoc = (u64)asoc;
	new.turn = now->turn;
#ifdef NGAP
	if (ngap_goes(&message, chunk, asoc)) {
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
	new.more = more_follow(asoc);
#endif
#ifdef BLOCKED
	if (new.ngap && message.begins)
		new.blocked_ns = blocked_for(chunk, new.ns);
#endif
	put_leaving((u64)chunk, &new, now);
	return 0;
}

/* Of the path that the chunk was given, or the active one (sctp_outq_select_transport). */
INLINE void put_in_packet(const void *chunk, u64 ns)
{
	const void *transport = (void *)TYPED_sctp_chunk__transport(chunk);
	struct path_windows *path;
	bool timed = false;
	u32 held_down = 0;

	if (!transport)
		transport = (void *)TYPED_sctp_association__peer__active_path((void *)TYPED_sctp_chunk__asoc(chunk));
#ifdef DATA_RTT
	timed = may_be_timed(transport);
#endif
#ifdef BURSTS
	held_down = TYPED_sctp_transport__burst_limited(transport);
#endif
	/* Neither of most chunks. */
	if (!timed && !held_down)
		return;
	path = known_path(transport);
	if (!path)
		return;
#ifdef DATA_RTT
	if (timed)
		time_data(path, ns);
#endif
#ifdef BURSTS
	if (held_down)
		look_at_burst(path, transport, chunk, held_down);
#endif
}

/* sctp_chunk_assign_tsn(chunk): as DATA is put in a packet; called again when it is sent again. */
INLINE int at_transmission(void *ctx, void *chunk)
{
	const struct following *now = following_now();
	struct wait_begun begun;
	u64 ns;

	if (!now)
		return 0;
	ns = bpf_ktime_get_ns();
	if (now->all)
		put_in_packet(chunk, ns);
	if (!take_leaving((u64)chunk, &begun, now)) {
#ifdef NGAP
		ngap_sent_again(ctx, chunk);
#endif
		return 0;
	}
	if (begun.turn != (begun.ngap ? now->epoch : now->turn))
		return 0;
	if (!begun.more)
		waited(begun.asoc, WAIT_HELD, ns - begun.ns);
#ifdef NGAP
	if (begun.ngap)
		ngap_sent(ctx, chunk, (void *)begun.asoc, begun.ns, begun.blocked_ns, ns);
#endif
	return 0;
}

/* Whether a chunk before the last one that came is missing: what comes now may wait for that one, not to be read. */
INLINE bool one_is_missing(const void *asoc)
{
	return TYPED_sctp_association__peer__tsn_map__cumulative_tsn_ack_point(asoc) !=
	       TYPED_sctp_association__peer__tsn_map__max_tsn_seen(asoc);
}

/* sctp_ulpevent_make_rcvmsg(asoc, chunk, gfp): the first that is done with data that was accepted, returns its event. */
INLINE int at_arrival(void *ctx, u64 returned, u64 since, void *asoc, void *chunk)
{
	const struct following *now = following_now();
	struct wait_begun new = {.asoc = (u64)asoc};
	struct message message = {};
	bool followed;

	/* No memory for it, or no room in the receive buffer: NULL, and the peer will send it again. */
	if (!returned || !now)
		return 0;
	if (!message_in_short(&message, chunk))
		return 0;
#ifdef RWND
	if (now->all)
		rwnd_decreased(asoc, now, TYPED_sctp_association__rwnd(asoc), message.length);
#endif
	followed = is_followed(now);
	if (!message.begins)
		return 0;
	new.turn = now->turn;
#ifdef NGAP
	read_ppid(&message, chunk);
	if (ngap_chosen(&message, asoc)) {
		/* Nothing may be added to a pointer of a known type, and the head is taken from its data. */
		message_of(&message, chunk);
		new.ngap = 1;
		new.turn = now->epoch;
	}
#endif
	if (!new.ngap && !followed)
		return 0;
	since = entered(since);
	if (message.ends && !one_is_missing(asoc))
		new.ns = since;
	put_unread(returned, &new, now);
#ifdef NGAP
	if (new.ngap)
		ngap_came(&message, asoc, returned, since);
#endif
	return 0;
}

/* sctp_ulpevent_free(event): read to its end, or thrown away as the socket is closed. */
INLINE int at_read(void *ctx, void *event)
{
	const struct following *now = following_now();
	struct wait_begun begun;
	u64 ns;

	if (!now || !take_unread((u64)event, &begun, now))
		return 0;
	if (begun.turn != (begun.ngap ? now->epoch : now->turn))
		return 0;
	ns = bpf_ktime_get_ns();
	if (begun.ns)
		waited(begun.asoc, WAIT_UNREAD, ns - begun.ns);
#ifdef NGAP
	if (begun.ngap)
		ngap_read(ctx, begun.asoc, (u64)event, ns);
#endif
	return 0;
}

/* The message of an event that waits to be read got its last chunk at ``ns``, or 0, and may be another event now. */
INLINE void unread_is_now(u64 before, u64 key, u64 ns)
{
	const struct following *now = following_now();
	struct wait_begun begun;
	const void *asoc;

	if (!now || !take_unread(before, &begun, now))
		return;
	asoc = (void *)begun.asoc;
	if (sctp_association__peer__tsn_map__cumulative_tsn_ack_point(asoc) ==
	    sctp_association__peer__tsn_map__max_tsn_seen(asoc))
		begun.ns = ns;
	put_unread(key, &begun, now);
}
