/* Paths that go up and down, associations that come and go. */

struct path_entered {
	u64 transport, asoc;
	u32 state, unused;
};

BPF_TABLE("lru_hash", u64, struct path_entered, path_entered, 1024);

/* sctp_assoc_control_transport(asoc, transport, command, error) */
int path_enter(struct pt_regs *ctx, void *asoc, void *transport)
{
	u64 stack = stack_of(ctx);
	struct path_entered was = {.transport = (u64)transport, .asoc = (u64)asoc};

	was.state = sctp_transport__state(transport);
	path_entered.update(&stack, &was);
	return 0;
}

int path_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx);
	struct path_entered *was = path_entered.lookup(&stack);
	struct probe_event event = {.kind = KIND_PATH};

	if (!was)
		return 0;
	event.before = was->state;
	event.after = sctp_transport__state((void *)was->transport);
	if (event.before != event.after && path_named(&event.who, (void *)was->asoc, (void *)was->transport)) {
		event.ns = bpf_ktime_get_ns();
		submit(ctx, &event);
	}
	path_entered.delete(&stack);
	return 0;
}

/* sctp_endpoint_add_asoc(ep, asoc): also called with the temporary associations that answer an INIT, which it passes
 * over. They are CLOSED; one that stays has its first state by then. */
int at_association_new(struct pt_regs *ctx, void *ep, void *asoc)
{
	u64 key = (u64)asoc;
	struct assoc_windows new = {};
	struct probe_event event = {};

	if (!sctp_association__state(asoc))
		return 0;
	name_association(&new.who, asoc);
	associations.update(&key, (struct assoc_bytes *)&new);
	life_event(&event, asoc, &new, ASSOCIATION_NEW);
#ifdef ENDS
	if (event.after == STATE_COOKIE_WAIT)
		begins_to_connect(asoc, event.ns);
#endif
	submit(ctx, &event);
	return 0;
}

/* sctp_association_free(asoc): the temporary ones are not in the table. */
int at_association_free(struct pt_regs *ctx, void *asoc)
{
	u64 key = (u64)asoc;
	struct assoc_windows *entry = known(asoc);

	if (entry) {
#ifdef ENDS
		struct association_end end = {};

		life_event(&end.event, asoc, entry, ASSOCIATION_FREED);
		if (why_freed(&end.why, asoc, end.event.ns))
			submit_as(ctx, &end, sizeof(end));
		else
			submit(ctx, &end.event);
#else
		struct probe_event event = {};

		life_event(&event, asoc, entry, ASSOCIATION_FREED);
		submit(ctx, &event);
#endif
		associations.delete(&key);
	}
#ifdef ENDS
	ends.delete(&key);
#endif
	return 0;
}
