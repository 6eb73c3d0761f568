/* Why cwnd moved: each function that changes it, with the value before and after. */

struct entered {
	u64 transport;
	u32 cwnd, ssthresh, flight, cause;
};

BPF_TABLE("lru_hash", u64, struct entered, entered, 1024);

/* Causes 0 to 3 are enum sctp_lower_cwnd (include/net/sctp/constants.h). */
enum { CAUSE_RAISE = 4, CAUSE_BURST_LIMITED, CAUSE_BURST_RESET, CAUSE_RESET };

INLINE int enter(struct pt_regs *ctx, const void *transport, u32 cause)
{
	u64 stack = stack_of(ctx);
	struct entered was = {.transport = (u64)transport, .cause = cause};

	was.cwnd = sctp_transport__cwnd(transport);
	was.ssthresh = sctp_transport__ssthresh(transport);
	was.flight = sctp_transport__flight_size(transport);
	entered.update(&stack, &was);
	return 0;
}

INLINE bool counted(struct path_windows *path, u32 cause, u32 before)
{
	struct window_change *change;

#ifdef EVERY_CHANGE
	return false;
#endif
	if (cause == CAUSE_RAISE)
		change = &path->changes[CHANGE_RAISE];
	else if (cause == CAUSE_BURST_LIMITED)
		change = &path->changes[CHANGE_BURST_LIMITED];
	else if (cause == CAUSE_BURST_RESET)
		change = &path->changes[CHANGE_BURST_RESET];
	else
		return false;
	/* Where something else moved it in between it begins anew, so that a rise never ends below its beginning. */
	if (change->interval != path->interval || change->after != before) {
		change->interval = path->interval;
		change->before = before;
	}
	change->ns = bpf_ktime_get_ns();
	change->times++;
	change->after = path->cwnd.now;
	return true;
}

/* The return of any of them: an event, or one more of the frequent ones, if cwnd is another now. */
int cwnd_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx);
	struct entered *was = entered.lookup(&stack), before;
	const void *transport;
	struct path_windows *path;
	struct probe_event event = {.kind = KIND_CWND};

	if (!was)
		return 0;
	before = *was;
	entered.delete(&stack);
	transport = (void *)before.transport;
	event.after = sctp_transport__cwnd(transport);
	if (before.cwnd == event.after)
		return 0;
	path = known_path(transport);
	if (path) {
		look_at(path, transport);
		if (counted(path, before.cause, before.cwnd))
			return 0;
	}
	if (!path_named(&event.who, (void *)sctp_transport__asoc(transport), transport))
		return 0;
	event.ns = bpf_ktime_get_ns();
	event.cause = before.cause;
	event.before = before.cwnd;
	event.ssthresh_before = before.ssthresh;
	event.ssthresh_after = sctp_transport__ssthresh(transport);
	event.flight = before.flight;
	submit(ctx, &event);
	return 0;
}

/* sctp_transport_raise_cwnd(transport, sack_ctsn, bytes_acked) */
int raise_enter(struct pt_regs *ctx, void *transport)
{
	return enter(ctx, transport, CAUSE_RAISE);
}

/* sctp_transport_lower_cwnd(transport, reason) */
int lower_enter(struct pt_regs *ctx, void *transport, u32 reason)
{
	return enter(ctx, transport, reason);
}

/* sctp_transport_burst_limited(transport) */
int burst_limited_enter(struct pt_regs *ctx, void *transport)
{
	return enter(ctx, transport, CAUSE_BURST_LIMITED);
}

/* sctp_transport_burst_reset(transport) */
int burst_reset_enter(struct pt_regs *ctx, void *transport)
{
	return enter(ctx, transport, CAUSE_BURST_RESET);
}

/* sctp_transport_reset(transport): after a restart of the association */
int reset_enter(struct pt_regs *ctx, void *transport)
{
	return enter(ctx, transport, CAUSE_RESET);
}
