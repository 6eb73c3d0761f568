/* What is rare enough to be told singly, through a perf buffer. sctptop/kernel/probes/events.py reads it. */

enum {
	KIND_HB_RTT,
	KIND_CWND,
	KIND_RWND,
	KIND_WINDOW,
	KIND_T3_RTX,
	KIND_RETRANSMIT,
	KIND_PATH,
	KIND_ASSOCIATION,
};

struct probe_event {
	u64 ns; /* CLOCK_MONOTONIC */
	struct who who;
	u16 kind, cause;
	u32 before, after;
	u32 ssthresh_before, ssthresh_after;
	u32 flight, peer_rwnd;
	u32 jiffies;
	u32 tsn, chunk_bytes;
	u64 rtt_ns;
};

BPF_PERF_OUTPUT(events);
/* Those that found no room. The kernel says it itself, but no sooner than with the next one that finds some. */
BPF_ARRAY(events_lost, u64, 1);

/* An event, or a record that begins with one. */
INLINE void submit_as(void *ctx, void *record, u64 size)
{
	int zero = 0;
	u64 *lost;

	if (events.perf_submit(ctx, record, size) >= 0)
		return;
	lost = events_lost.lookup(&zero);
	if (lost)
		__sync_fetch_and_add(lost, 1);
}

INLINE void submit(void *ctx, struct probe_event *event)
{
	submit_as(ctx, event, sizeof(*event));
}

/* The name of a path for an event; false when its association is not in the table yet. */
INLINE bool path_named(struct who *who, const void *asoc, const void *transport)
{
	struct assoc_windows *entry = known(asoc);

	if (!entry)
		return false;
	*who = entry->who;
	name_path(who, transport);
	return true;
}

/* An association comes into being, is freed, or comes up. */
enum { ASSOCIATION_NEW, ASSOCIATION_FREED, ASSOCIATION_UP };

INLINE void life_event(struct probe_event *event, const void *asoc, const struct assoc_windows *entry, u16 change)
{
	const void *primary = (void *)sctp_association__peer__primary_path(asoc);

	event->ns = bpf_ktime_get_ns();
	event->kind = KIND_ASSOCIATION;
	event->cause = change;
	event->who = entry->who;
	if (primary)
		name_path(&event->who, primary);
	event->after = sctp_association__state(asoc);
}
