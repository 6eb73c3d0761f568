/* T3 expiries and retransmissions, one event for each count of the kernel's own counters. */

/* The DATA chunk that has waited longest for its SACK on this path: of those sent the list has the lowest TSN first. */
INLINE void name_oldest(struct probe_event *event, const void *transport)
{
	const void *list = ADDRESS_sctp_transport__transmitted(transport);
	const void *first = (void *)sctp_transport__transmitted__next(transport);
	struct message message = {};

	if (!first || first == list || !message_of(&message, first - OFFSET_sctp_chunk__transmitted_list))
		return;
	event->tsn = message.tsn;
	event->chunk_bytes = message.length;
}

/* sctp_sf_do_6_3_3_rtx(net, ep, asoc, type, transport, commands): counts SctpT3RtxExpireds. The timer function itself
 * (sctp_generate_t3_rtx_event) also runs when the socket is busy, and then only puts itself off. */
INLINE int at_t3_expiry(void *ctx, void *net, void *ep, void *asoc, u64 type, void *transport)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_T3_RTX};

	if (!path_named(&event.who, asoc, transport))
		return 0;
	event.jiffies = sctp_transport__rto(transport);
	event.before = sctp_transport__error_count(transport);
	event.flight = sctp_transport__flight_size(transport);
	name_oldest(&event, transport);
	submit(ctx, &event);
	return 0;
}

INLINE int tell_retransmission(void *ctx, const void *asoc, const void *transport, u16 reason)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_RETRANSMIT, .cause = reason};

	if (!path_named(&event.who, asoc, transport))
		return 0;
	event.flight = sctp_transport__flight_size(transport);
	submit(ctx, &event);
	return 0;
}

/* enum sctp_retransmit_reason; of enum sctp_lower_cwnd the first two are the same. */
enum { REASON_T3_RTX, REASON_FAST_RTX };

/* sctp_transport_lower_cwnd(transport, reason): sctp_retransmit calls it once where it counts SctpT3Retransmits or
 * SctpFastRetransmits. Itself it is inlined into sctp_mark_missing (Linux 6.1): a probe there sees no fast ones. */
INLINE int at_lower(void *ctx, void *transport, u32 reason)
{
	if (reason > REASON_FAST_RTX)
		return 0;
	return tell_retransmission(ctx, (void *)sctp_transport__asoc(transport), transport, reason);
}

/* sctp_retransmit(outq, transport, reason): called from other files for the path MTU and for INIT and COOKIE ECHO. */
INLINE int at_retransmit(void *ctx, void *outq, void *transport, u32 reason)
{
	if (reason <= REASON_FAST_RTX)
		return 0;
	return tell_retransmission(ctx, (void *)sctp_outq__asoc(outq), transport, reason);
}
