/* T3 expiries and retransmissions, one event for each count of the kernel's own counters. */

/* sctp_sf_do_6_3_3_rtx(net, ep, asoc, type, transport, commands): counts SctpT3RtxExpireds. The timer function itself
 * (sctp_generate_t3_rtx_event) also runs when the socket is busy, and then only puts itself off. */
int at_t3_expiry(struct pt_regs *ctx, void *net, void *ep, void *asoc, u64 type, void *transport)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_T3_RTX};

	name_association(&event.who, asoc);
	name_path(&event.who, transport);
	event.jiffies = sctp_transport__rto(transport);
	event.before = sctp_transport__error_count(transport);
	event.flight = sctp_transport__flight_size(transport);
	events.perf_submit(ctx, &event, sizeof(event));
	return 0;
}

/* sctp_retransmit(outq, transport, reason): counts SctpT3Retransmits, SctpFastRetransmits and SctpPmtudRetransmits. */
int at_retransmit(struct pt_regs *ctx, void *outq, void *transport, u32 reason)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_RETRANSMIT, .cause = reason};

	name_association(&event.who, (void *)sctp_outq__asoc(outq));
	name_path(&event.who, transport);
	event.flight = sctp_transport__flight_size(transport);
	events.perf_submit(ctx, &event, sizeof(event));
	return 0;
}
