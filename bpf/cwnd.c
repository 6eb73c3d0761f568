/* Why cwnd moved: each function that changes it, with the value before and after. */

/* Causes 0 to 3 are enum sctp_lower_cwnd (include/net/sctp/constants.h). */
enum { CAUSE_RAISE = 4, CAUSE_BURST_LIMITED, CAUSE_BURST_RESET, CAUSE_RESET };

/* On entry: the values of then are the last that were seen. */
INLINE int before_change(const void *transport)
{
	struct path_windows *path = path_named_by((void *)sctp_transport__asoc(transport), transport);

	if (path)
		look_at(path, transport);
	return 0;
}

/* On return: an event, if cwnd is another now. */
INLINE int after_change(void *ctx, const void *transport, u16 cause)
{
	struct path_windows *path = known_path(transport);
	struct probe_event event = {.kind = KIND_CWND, .cause = cause};

	if (!path)
		return 0;
	event.before = path->cwnd.now;
	event.ssthresh_before = path->ssthresh.now;
	event.flight = path->flight.now;
	look_at(path, transport);
	event.after = path->cwnd.now;
	if (event.before == event.after)
		return 0;
	event.ssthresh_after = path->ssthresh.now;
	event.who = path->who;
	event.ns = bpf_ktime_get_ns();
	submit(ctx, &event);
	return 0;
}

/* sctp_transport_lower_cwnd(transport, reason) */
INLINE int lower_enter(void *ctx, void *transport)
{
	return before_change(transport);
}

INLINE int lower_return(void *ctx, u64 returned, u64 since, void *transport, u32 reason)
{
	return after_change(ctx, transport, reason);
}

/* sctp_transport_reset(transport): after a restart of the association */
INLINE int reset_enter(void *ctx, void *transport)
{
	return before_change(transport);
}

INLINE int reset_return(void *ctx, u64 returned, u64 since, void *transport)
{
	return after_change(ctx, transport, CAUSE_RESET);
}

#ifndef EVERY_CHANGE

/* DATA was put in a packet. What sctp_transport_burst_limited held down, as this flush of the queue began, is in
 * burst_limited until its end (sctp_transport_burst_reset): told once, at the first chunk of the flush, before which as much
 * was in flight as cwnd was made of. */
INLINE void look_at_burst(struct path_windows *path, const void *transport, const void *chunk, u32 kept)
{
	struct message message = {};
	const void *asoc;
	u32 number, down;

	if (!message_in_short(&message, chunk))
		return;
	asoc = (void *)sctp_transport__asoc(transport);
	down = sctp_transport__cwnd(transport);
	if (sctp_transport__flight_size(transport) - message.length +
		    (u32)sctp_association__max_burst(asoc) * (u32)sctp_association__pathmtu(asoc) != down)
		return;
	number = this_interval();
	extend(&path->cwnd, down, path->interval, number);
	extend(&path->cwnd, kept, number, number);
	extend(&path->ssthresh, path->ssthresh.now, path->interval, number);
	extend(&path->flight, path->flight.now, path->interval, number);
	path->interval = number;
	count_change(path, CHANGE_BURST_LIMITED, kept, down);
	count_change(path, CHANGE_BURST_RESET, down, kept);
}

#define BURSTS 1

#else

/* sctp_transport_raise_cwnd(transport, sack_ctsn, bytes_acked) */
INLINE int raise_enter(void *ctx, void *transport)
{
	return before_change(transport);
}

INLINE int raise_return(void *ctx, u64 returned, u64 since, void *transport)
{
	return after_change(ctx, transport, CAUSE_RAISE);
}

/* sctp_transport_burst_limited(transport) */
INLINE int burst_limited_enter(void *ctx, void *transport)
{
	return before_change(transport);
}

INLINE int burst_limited_return(void *ctx, u64 returned, u64 since, void *transport)
{
	return after_change(ctx, transport, CAUSE_BURST_LIMITED);
}

/* sctp_transport_burst_reset(transport) */
INLINE int burst_reset_enter(void *ctx, void *transport)
{
	return before_change(transport);
}

INLINE int burst_reset_return(void *ctx, u64 returned, u64 since, void *transport)
{
	return after_change(ctx, transport, CAUSE_BURST_RESET);
}

#endif
