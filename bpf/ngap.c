/* Messages of NGAP and S1AP, one event each: when, how long held or waiting, and as many bytes as their ids need.
 * waits.c calls these where a message goes by. */

#define NGAP 1
/* The ids and the type of the NAS message lie within; what identifies a subscriber, or a key, does not, or not wholly.
 * User space decodes and forgets the bytes. */
#define NGAP_HEAD 48
#define NGAP_HEAD_CONTEXT 32
/* Events a second; those beyond it are counted. */
#define NGAP_RATE 20000

enum { PPID_NGAP = 60, PPID_S1AP = 18, PORT_NGAP = 38412, PORT_S1AP = 36412 };
enum { NGAP_OUT, NGAP_IN };

struct ngap_event {
	u64 at_ns, done_ns; /* handed over and first transmitted, or arrived and read; CLOCK_MONOTONIC */
	struct who who;
	u32 tsn, ppid, length;
	u16 stream;
	u8 direction, fragment;
	u32 captured;
	u8 head[NGAP_HEAD];
	u32 unused;
};

struct ngap_bytes {
	char bytes[sizeof(struct ngap_event)];
};

BPF_PERF_OUTPUT(ngap_events);
/* Arrived and not read yet, by the event that the application will be handed. */
BPF_TABLE("lru_hash", u64, struct ngap_bytes, ngap_arrived, 8192);
enum { RATE_SINCE, RATE_SENT, RATE_LOST, RATE_FIELDS };
BPF_ARRAY(ngap_rate, u64, RATE_FIELDS);

INLINE bool ngap_within_rate(u64 now)
{
	int at_since = RATE_SINCE, at_sent = RATE_SENT, at_lost = RATE_LOST;
	u64 *since = ngap_rate.lookup(&at_since), *sent = ngap_rate.lookup(&at_sent);
	u64 *lost = ngap_rate.lookup(&at_lost);

	if (!since || !sent || !lost)
		return false;
	if (now - *since > 1000000000) {
		*since = now;
		*sent = 0;
	}
	if (*sent >= NGAP_RATE) {
		__sync_fetch_and_add(lost, 1);
		return false;
	}
	__sync_fetch_and_add(sent, 1);
	return true;
}

/* A PPID is opaque to the stack: some senders forget htonl, and some leave it 0. */
INLINE bool ngap_chosen(const struct message *message, const void *asoc)
{
	u32 ppid = message->ppid;
	u16 local, remote;

	if (!message->begins)
		return false;
	if (ppid == PPID_NGAP || ppid == PPID_S1AP || ppid == PPID_NGAP << 24 || ppid == PPID_S1AP << 24)
		return true;
	if (ppid)
		return false;
	local = sctp_association__base__bind_addr__port(asoc);
	remote = sctp_association__peer__port(asoc);
	return local == PORT_NGAP || remote == PORT_NGAP || local == PORT_S1AP || remote == PORT_S1AP;
}

INLINE void ngap_describe(struct ngap_event *event, const struct message *message, const void *asoc)
{
	struct assoc_windows *entry = known(asoc);
	u32 size = NGAP_HEAD;
	u16 procedure = 0;

	if (entry)
		event->who = entry->who;
	else
		name_association(&event->who, asoc);
	event->tsn = message->tsn;
	event->ppid = message->ppid;
	event->length = message->length;
	event->stream = message->stream;
	event->fragment = !message->ends;
	bpf_probe_read_kernel(&procedure, sizeof(procedure), message->data);
	/* initiatingMessage and procedure 14 of NGAP: an InitialContextSetupRequest holds a key further on. */
	if (procedure == FROM_NETWORK16(14))
		size = NGAP_HEAD_CONTEXT;
	if (message->length < size)
		size = message->length;
	event->captured = size;
	/* The verifier of 5.10 wants to see the bound once more. */
	if (size > 0 && size <= NGAP_HEAD)
		bpf_probe_read_kernel(event->head, size, message->data);
}

/* Our message, as it is first transmitted. */
INLINE void ngap_sent(struct pt_regs *ctx, const struct message *message, const void *asoc, u64 at, u64 now)
{
	struct ngap_event event = {.at_ns = at, .done_ns = now, .direction = NGAP_OUT};

	if (!ngap_chosen(message, asoc) || !ngap_within_rate(now))
		return;
	ngap_describe(&event, message, asoc);
	/* Its number is given after this function was entered. */
	event.tsn = sctp_association__next_tsn(asoc);
	ngap_events.perf_submit(ctx, &event, sizeof(event));
}

/* The peer's message, as the event that the application will be handed is made of it. */
INLINE void ngap_came(const struct message *message, const void *asoc, u64 key, u64 at)
{
	struct ngap_event event = {.at_ns = at, .direction = NGAP_IN};

	if (!ngap_chosen(message, asoc))
		return;
	ngap_describe(&event, message, asoc);
	ngap_arrived.update(&key, (struct ngap_bytes *)&event);
}

/* The application has read it. */
INLINE void ngap_read(struct pt_regs *ctx, u64 key, u64 now)
{
	struct ngap_event *waiting = (struct ngap_event *)ngap_arrived.lookup(&key), event;

	if (!waiting)
		return;
	event = *waiting;
	event.done_ns = now;
	ngap_arrived.delete(&key);
	if (ngap_within_rate(now))
		ngap_events.perf_submit(ctx, &event, sizeof(event));
}
