/* Messages of NGAP and S1AP, one event each: when, how long held or waiting, and as many octets as its ids need; one
 * more for each of their chunks that is sent again. waits.c calls these where a chunk goes by. */

#define NGAP 1
/* Events a second; those beyond it are counted. */
#define NGAP_RATE 20000

enum { PPID_NGAP = 60, PPID_S1AP = 18, PORT_NGAP = 38412, PORT_S1AP = 36412 };
enum { NGAP_OUT, NGAP_IN, NGAP_AGAIN };

struct ngap_event {
	/* Handed over and first transmitted, or arrived and read, of several chunks the last; or sent again, twice.
	 * CLOCK_MONOTONIC */
	u64 at_ns, done_ns;
	u64 blocked_ns; /* in sendmsg, before it was handed over */
	u64 order_ns; /* after its arrival, for a message before it on its stream */
	struct who who;
	u32 tsn, last_tsn, ppid, length;
	u16 stream;
	u8 direction, fragment;
	u8 whole; /* last_tsn and length are those of the whole message */
	u8 gap; /* another chunk was missing as it arrived */
	u16 unused;
	struct ngap_head head;
};

struct ngap_bytes {
	char bytes[sizeof(struct ngap_event)];
};

struct ngap_rate {
	u64 since, sent;
};

struct ngap_stream {
	u64 asoc;
	u32 stream, unused;
};

BPF_PERF_OUTPUT(ngap_events);
/* Arrived and not read yet, by the event that the application will be handed. */
BPF_TABLE("hash", u64, struct ngap_bytes, ngap_arrived, ROOM_FOR_ASSOCIATIONS);
/* Ours of several chunks of which the last is not sent yet, by what their chunks have in common. */
BPF_TABLE("hash", u64, struct ngap_bytes, ngap_begun, 1024);
/* When the last message of a stream could be read, of those that came around a missing chunk. */
BPF_TABLE("hash", struct ngap_stream, u64, ngap_delivered, ROOM_FOR_ASSOCIATIONS);
BPF_ARRAY(ngap_rate, struct ngap_rate, 1);
/* Those that came too fast, or found no room. */
BPF_ARRAY(ngap_lost, u64, 1);

/* Those that are being made, by direction: on a stack the verifier would follow what each of its octets may be. */
BPF_PERCPU_ARRAY(ngap_made, struct ngap_bytes, NGAP_AGAIN + 1);

INLINE struct ngap_event *ngap_new(int direction)
{
	struct ngap_event *event = (struct ngap_event *)ngap_made.lookup(&direction);

	if (event) {
		__builtin_memset(event, 0, sizeof(*event));
		event->direction = direction;
	}
	return event;
}

INLINE void ngap_submit(void *ctx, struct ngap_event *event)
{
	int zero = 0;
	struct ngap_rate *rate = ngap_rate.lookup(&zero);
	u64 *lost = ngap_lost.lookup(&zero);

	if (!rate || !lost)
		return;
	if ((s64)(event->done_ns - rate->since) > 1000000000) {
		rate->since = event->done_ns;
		rate->sent = 0;
	}
	if (rate->sent >= NGAP_RATE) {
		__sync_fetch_and_add(lost, 1);
		return;
	}
	__sync_fetch_and_add(&rate->sent, 1);
	if (ngap_events.perf_submit(ctx, event, sizeof(*event)) < 0)
		__sync_fetch_and_add(lost, 1);
}

/* A PPID is opaque to the stack: some senders forget htonl, and some leave it 0. */
INLINE bool is_ppid(u32 ppid, u32 wanted)
{
	return ppid == wanted || ppid == wanted << 24;
}

/* By its PPID, or all that goes where such messages are expected: user space counts what is none. */
INLINE bool ngap_chosen(const struct message *message, const void *asoc)
{
	u32 ppid = message->ppid;
	u16 local, remote;

	if (is_ppid(ppid, PPID_NGAP) || is_ppid(ppid, PPID_S1AP))
		return true;
	local = TYPED_sctp_association__base__bind_addr__port(asoc);
	remote = TYPED_sctp_association__peer__port(asoc);
	return local == PORT_NGAP || remote == PORT_NGAP || local == PORT_S1AP || remote == PORT_S1AP;
}

INLINE void ngap_name(struct ngap_event *event, const struct message *message, const void *asoc)
{
	struct assoc_windows *entry = known(asoc);

	if (entry)
		event->who = entry->who;
	else
		name_association(&event->who, asoc);
	event->tsn = event->last_tsn = message->tsn;
	event->ppid = message->ppid;
	event->length = message->length;
	event->stream = message->stream;
	event->fragment = !(message->begins && message->ends);
	event->whole = !event->fragment;
}

INLINE void ngap_describe(struct ngap_event *event, const struct message *message, const void *asoc, int direction)
{
	u32 ppid = message->ppid;
	bool s1ap = is_ppid(ppid, PPID_S1AP);

	ngap_name(event, message, asoc);
	if (!ppid)
		s1ap = event->who.local_port == PORT_S1AP || event->who.remote_port == PORT_S1AP;
	if (s1ap || !ppid || is_ppid(ppid, PPID_NGAP))
		ngap_take_head(&event->head, message, s1ap, direction);
}

/* What our chunk says. Of I-DATA only the first of a message has a PPID, and that not before it is numbered. */
INLINE bool our_message(struct message *message, const void *chunk)
{
	if (!message_of(message, chunk))
		return false;
	if (message->interleaved)
		message->ppid = FROM_NETWORK32((u32)sctp_chunk__sinfo__sinfo_ppid(chunk));
	return true;
}

/* Another chunk of our message that was begun, as it is first transmitted. */
INLINE void ngap_went_on(void *ctx, const struct message *message, u64 key, u64 now)
{
	struct ngap_event *begun = (struct ngap_event *)ngap_begun.lookup(&key);

	if (!begun)
		return;
	begun->length += message->length;
	if (!message->ends)
		return;
	begun->last_tsn = message->tsn;
	begun->done_ns = now;
	begun->whole = 1;
	ngap_submit(ctx, begun);
	ngap_begun.delete(&key);
}

/* Whether our chunk is of such a message, as it is handed over. */
INLINE bool ngap_goes(struct message *message, const void *chunk, const void *asoc)
{
	message->ppid = FROM_NETWORK32((u32)TYPED_sctp_chunk__sinfo__sinfo_ppid(chunk));
	return ngap_chosen(message, asoc);
}

/* Our chunk, as it is first transmitted. Its number is given after this function was entered. */
INLINE void ngap_sent(void *ctx, const void *chunk, const void *asoc, u64 at, u64 blocked, u64 now)
{
	struct message message = {};
	struct ngap_event *event;
	u64 key = 0;

	if (!our_message(&message, chunk))
		return;
	message.tsn = sctp_association__next_tsn(asoc);
	if (!message.begins || !message.ends)
		key = sctp_chunk__msg(chunk);
	if (!message.begins) {
		ngap_went_on(ctx, &message, key, now);
		return;
	}
	event = ngap_new(NGAP_OUT);
	if (!event)
		return;
	event->at_ns = at;
	event->done_ns = now;
	event->blocked_ns = blocked;
	ngap_describe(event, &message, asoc, NGAP_OUT);
	/* Where there is no room to wait for the rest, it is told as it begins. */
	if (message.ends) {
		ngap_submit(ctx, event);
	} else if (ngap_begun.update(&key, (struct ngap_bytes *)event)) {
		found_no_room(ROOM_NGAP_BEGUN);
		ngap_submit(ctx, event);
	}
}

/* Our chunk that is not sent for the first time. */
INLINE void ngap_sent_again(void *ctx, const void *chunk)
{
	struct message message = {};
	struct ngap_event *event;
	const void *asoc;

	if (!TYPED_sctp_chunk__sent_count(chunk) || !our_message(&message, chunk))
		return;
	if (message.ppid && !is_ppid(message.ppid, PPID_NGAP) && !is_ppid(message.ppid, PPID_S1AP))
		return;
	asoc = (void *)TYPED_sctp_chunk__asoc(chunk);
	if (!ngap_chosen(&message, asoc))
		return;
	event = ngap_new(NGAP_AGAIN);
	if (!event)
		return;
	event->at_ns = event->done_ns = bpf_ktime_get_ns();
	ngap_name(event, &message, asoc);
	ngap_submit(ctx, event);
}

/* Whether the TSN that came last is not the highest, or one before it is missing. */
INLINE bool came_around_gap(const void *asoc, u32 tsn)
{
	return sctp_association__peer__tsn_map__cumulative_tsn_ack_point(asoc) != tsn ||
	       sctp_association__peer__tsn_map__max_tsn_seen(asoc) != tsn;
}

/* The peer's message, as the event that the application will be handed is made of its first chunk. */
INLINE void ngap_came(const struct message *message, const void *asoc, u64 key, u64 at)
{
	struct ngap_event *event = ngap_new(NGAP_IN);

	if (!event)
		return;
	event->at_ns = at;
	ngap_describe(event, message, asoc, NGAP_IN);
	event->gap = !message->unordered && came_around_gap(asoc, message->tsn);
	if (ngap_arrived.update(&key, (struct ngap_bytes *)event))
		found_no_room(ROOM_NGAP_ARRIVED);
}

/* The peer's message of several chunks was put together, as another event perhaps; without its last where that is
 * still missing. */
INLINE void ngap_put_together(const struct fragments *fragments, u64 key)
{
	u64 before = fragments->first;
	const void *asoc = (void *)sctp_ulpevent__asoc((void *)key);
	struct ngap_event *waiting = (struct ngap_event *)ngap_arrived.lookup(&before);

	if (!waiting)
		return;
	if (fragments->flags & FLAG_END) {
		waiting->at_ns = fragments->ns;
		waiting->last_tsn = fragments->last_tsn;
		waiting->length = sk_buff__len((void *)(key - OFFSET_sk_buff__cb));
		waiting->whole = 1;
		if (!(fragments->flags & FLAG_UNORDERED) && came_around_gap(asoc, fragments->last_tsn))
			waiting->gap = 1;
	}
	if (key != before) {
		if (ngap_arrived.update(&key, (struct ngap_bytes *)waiting))
			found_no_room(ROOM_NGAP_ARRIVED);
		ngap_arrived.delete(&before);
	}
}

/* How long the peer's message lay there until the one before it on its stream could be read. Where none was missing as
 * it came, it could be read at once; and what is read one after the other came to the application so. */
INLINE u64 ngap_order(const struct ngap_event *event, u64 asoc)
{
	struct ngap_stream stream = {.asoc = asoc, .stream = event->stream};
	u64 delivered = event->at_ns, *before;

	if (!event->gap)
		return 0;
	before = ngap_delivered.lookup(&stream);
	if (before && *before > delivered)
		delivered = *before;
	if (ngap_delivered.update(&stream, &delivered))
		found_no_room(ROOM_NGAP_DELIVERED);
	return delivered - event->at_ns;
}

/* The application has read it. */
INLINE void ngap_read(void *ctx, u64 asoc, u64 key, u64 now)
{
	struct ngap_event *waiting = (struct ngap_event *)ngap_arrived.lookup(&key);

	if (!waiting)
		return;
	waiting->done_ns = now;
	waiting->order_ns = ngap_order(waiting, asoc);
	ngap_submit(ctx, waiting);
	ngap_arrived.delete(&key);
}
