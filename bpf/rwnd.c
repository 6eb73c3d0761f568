/* Our own receive window: what is left of it, as data comes in and is read. */

#ifndef EVERY_CHANGE

#define RWND 1

/* What an entry has of an interval, as it was when this processor last looked: what lies within needs no look. */
struct rwnd_seen {
	u64 asoc;
	u32 tag, interval, min, max; /* the tag tells one from another in the same memory */
};

#define SEEN_BITS 6

BPF_PERCPU_ARRAY(rwnd_seen, struct rwnd_seen, 1 << SEEN_BITS);

/* A message of ``length`` arrived, and ``left`` is left: the window is smallest behind it, and largest before it. What it
 * was before cannot be told where more came than fitted. Called by waits.c, behind sctp_assoc_rwnd_decrease. */
INLINE void rwnd_decreased(const void *asoc, const struct following *now, u32 left, u32 length)
{
	int place = PLACE_FOR(asoc, now, SEEN_BITS);
	struct rwnd_seen *seen = rwnd_seen.lookup(&place);
	u32 number = this_interval(), tag = TYPED_sctp_association__c__my_vtag(asoc);
	struct assoc_windows *entry;

	if (seen && seen->asoc == (u64)asoc && seen->tag == tag && seen->interval == number && left >= seen->min &&
	    left + length <= seen->max)
		return;
	entry = known(asoc);
	if (!entry)
		return;
	if (left)
		extend(&entry->rwnd, left + length, entry->interval, number);
	extend(&entry->rwnd, left, left ? number : entry->interval, number);
	if (entry->interval != number) {
		extend(&entry->peer_rwnd, entry->peer_rwnd.now, entry->interval, number);
		entry->interval = number;
	}
	if (seen) {
		seen->asoc = (u64)asoc;
		seen->tag = tag;
		seen->interval = number;
		seen->min = entry->rwnd.min;
		seen->max = entry->rwnd.max;
	}
}

#else

INLINE int before_rwnd(const void *asoc)
{
	struct assoc_windows *entry = known(asoc);

	if (entry)
		look_at_association(entry, asoc);
	return 0;
}

INLINE int after_rwnd(void *ctx, const void *asoc, u16 cause)
{
	struct assoc_windows *entry = known(asoc);
	struct probe_event event = {.kind = KIND_RWND, .cause = cause};

	if (!entry)
		return 0;
	event.before = entry->rwnd.now;
	look_at_association(entry, asoc);
	event.after = entry->rwnd.now;
	event.ns = bpf_ktime_get_ns();
	event.who = entry->who;
	if (event.before != event.after)
		submit(ctx, &event);
	return 0;
}

/* sctp_assoc_rwnd_increase(asoc, len), sctp_assoc_rwnd_decrease(asoc, len) */
INLINE int rwnd_enter(void *ctx, void *asoc)
{
	return before_rwnd(asoc);
}

INLINE int rwnd_increase_return(void *ctx, u64 returned, u64 since, void *asoc)
{
	return after_rwnd(ctx, asoc, 0);
}

INLINE int rwnd_decrease_return(void *ctx, u64 returned, u64 since, void *asoc)
{
	return after_rwnd(ctx, asoc, 1);
}

#endif
