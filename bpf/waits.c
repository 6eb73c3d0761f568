/* How long messages wait, of all associations, counted in bins: ours from the hand-over by the application to the first
 * transmission, the peer's from arrival until the application has read them. */

enum { WAIT_HELD, WAIT_UNREAD };

struct wait_bin {
	u64 asoc;
	u32 wait, bin;
};

#define WAITS 1

/* more: MSG_MORE holds it, by the application's own will. */
struct handed_over {
	u64 ns, blocked_ns, more;
};

/* ns 0: it came while another chunk was missing, and how long it waits to be read is not known. */
struct unread {
	u64 asoc, ns;
};

/* The chunk of which an event is being made, by the stack that its function runs on. */
struct coming {
	u64 asoc, chunk, ns;
};

BPF_TABLE("lru_hash", u64, struct handed_over, handed_over, 65536);
BPF_TABLE("lru_hash", u64, struct unread, unread, 65536);
BPF_TABLE("lru_hash", u64, struct coming, coming, 1024);
BPF_TABLE("lru_hash", struct wait_bin, u64, waits, 32768);

INLINE void waited(u64 asoc, u32 wait, u64 ns)
{
	struct wait_bin bin = {.asoc = asoc, .wait = wait, .bin = bin_of(ns)};
	u64 zero = 0, *times = waits.lookup_or_try_init(&bin, &zero);

	if (times)
		__sync_fetch_and_add(times, 1);
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
int at_hand_over(struct pt_regs *ctx, void *outqueue, void *chunk)
{
	u64 key = (u64)chunk;
	struct handed_over new = {.ns = bpf_ktime_get_ns()};
	struct message message = {};

	if (!message_of(&message, chunk))
		return 0;
#ifdef HAVE_sctp_association__force_delay
	new.more = more_follow((void *)sctp_chunk__asoc(chunk));
#endif
#ifdef BLOCKED
	if (message.begins)
		new.blocked_ns = blocked_for(chunk, new.ns);
#endif
	handed_over.update(&key, &new);
	return 0;
}

/* sctp_chunk_assign_tsn(chunk): as it is put in a packet; called again when it is sent again. */
int at_transmission(struct pt_regs *ctx, void *chunk)
{
	u64 key = (u64)chunk, now = bpf_ktime_get_ns(), asoc;
	struct handed_over *entry = handed_over.lookup(&key), begun;

	if (!entry) {
#ifdef NGAP
		ngap_sent_again(ctx, chunk, now);
#endif
		return 0;
	}
	begun = *entry;
	handed_over.delete(&key);
	asoc = sctp_chunk__asoc(chunk);
	if (!begun.more)
		waited(asoc, WAIT_HELD, now - begun.ns);
#ifdef NGAP
	ngap_sent(ctx, chunk, (void *)asoc, begun.ns, begun.blocked_ns, now);
#endif
	return 0;
}

/* sctp_ulpevent_make_rcvmsg(asoc, chunk, gfp): the first that is done with data that was accepted, returns its event. */
int arrival_enter(struct pt_regs *ctx, void *asoc, void *chunk)
{
	u64 stack = stack_of(ctx);
	struct coming arrived = {.asoc = (u64)asoc, .chunk = (u64)chunk, .ns = bpf_ktime_get_ns()};

	coming.update(&stack, &arrived);
	return 0;
}

/* Whether a chunk before the last one that came is missing: what comes now may wait for that one, not to be read. */
INLINE bool one_is_missing(const void *asoc)
{
	return sctp_association__peer__tsn_map__cumulative_tsn_ack_point(asoc) !=
	       sctp_association__peer__tsn_map__max_tsn_seen(asoc);
}

int arrival_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx), key = PT_REGS_RC(ctx);
	struct coming *arrived = coming.lookup(&stack);
	struct unread new = {};
#ifdef NGAP
	struct message message = {};
#endif

	if (!arrived)
		return 0;
	/* No memory for it, or no room in the receive buffer: NULL, and the peer will send it again. */
	if (key) {
		new.asoc = arrived->asoc;
		if (!one_is_missing((void *)new.asoc))
			new.ns = arrived->ns;
		unread.update(&key, &new);
#ifdef NGAP
		if (message_of(&message, (void *)arrived->chunk))
			ngap_came(&message, (void *)arrived->asoc, key, arrived->ns);
#endif
	}
	coming.delete(&stack);
	return 0;
}

/* sctp_ulpevent_free(event): read to its end, or thrown away as the socket is closed. */
int at_read(struct pt_regs *ctx, void *event)
{
	u64 key = (u64)event, now = bpf_ktime_get_ns(), asoc;
	struct unread *waiting = unread.lookup(&key);

	if (!waiting)
		return 0;
	asoc = waiting->asoc;
	if (waiting->ns)
		waited(asoc, WAIT_UNREAD, now - waiting->ns);
	unread.delete(&key);
#ifdef NGAP
	ngap_read(ctx, asoc, key, now);
#endif
	return 0;
}

/* An event that waits to be read became another one, with more chunks. */
INLINE void unread_is_now(u64 before, u64 key)
{
	struct unread *waiting = unread.lookup(&before);

	if (!waiting || key == before)
		return;
	unread.update(&key, waiting);
	unread.delete(&before);
}
