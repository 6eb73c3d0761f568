/* Our own receive window: what is left of it, as data comes in and is read. */

/* sctp_assoc_rwnd_increase(asoc, len), sctp_assoc_rwnd_decrease(asoc, len). The entry sees what the change before left:
 * with the reading's own look at the end, no value of the interval is missed. */
INLINE int look_at_rwnd(const void *asoc)
{
	struct assoc_windows *entry = known(asoc);

	if (entry)
		look_at_association(entry, asoc);
	return 0;
}

int rwnd_enter(struct pt_regs *ctx, void *asoc)
{
	return look_at_rwnd(asoc);
}

#ifdef EVERY_CHANGE

BPF_TABLE("lru_hash", u64, u64, rwnd_entered, 1024);

int rwnd_remember(struct pt_regs *ctx, void *asoc)
{
	u64 stack = stack_of(ctx), key = (u64)asoc;

	look_at_rwnd(asoc);
	rwnd_entered.update(&stack, &key);
	return 0;
}

INLINE int rwnd_return(struct pt_regs *ctx, u16 cause)
{
	u64 stack = stack_of(ctx), *asoc = rwnd_entered.lookup(&stack);
	struct assoc_windows *entry;
	struct probe_event event = {.kind = KIND_RWND, .cause = cause};

	if (!asoc)
		return 0;
	entry = known((void *)*asoc);
	if (entry) {
		event.before = entry->rwnd.now;
		look_at_association(entry, (void *)*asoc);
		event.after = entry->rwnd.now;
		event.ns = bpf_ktime_get_ns();
		event.who = entry->who;
		if (event.before != event.after)
			submit(ctx, &event);
	}
	rwnd_entered.delete(&stack);
	return 0;
}

int rwnd_increase_return(struct pt_regs *ctx)
{
	return rwnd_return(ctx, 0);
}

int rwnd_decrease_return(struct pt_regs *ctx)
{
	return rwnd_return(ctx, 1);
}

#endif
