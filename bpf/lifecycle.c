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

enum { ASSOCIATION_NEW, ASSOCIATION_FREED };

INLINE void tell(struct pt_regs *ctx, const void *asoc, const struct assoc_windows *entry, u16 change)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_ASSOCIATION, .cause = change};
	const void *primary = (void *)sctp_association__peer__primary_path(asoc);

	event.who = entry->who;
	if (primary)
		name_path(&event.who, primary);
	event.after = sctp_association__state(asoc);
	submit(ctx, &event);
}

/* sctp_endpoint_add_asoc(ep, asoc): also called with the temporary associations that answer an INIT, which it passes
 * over. They are CLOSED; one that stays has its first state by then. */
int at_association_new(struct pt_regs *ctx, void *ep, void *asoc)
{
	u64 key = (u64)asoc;
	struct assoc_windows new = {};

	if (!sctp_association__state(asoc))
		return 0;
	name_association(&new.who, asoc);
	associations.update(&key, (struct assoc_bytes *)&new);
	tell(ctx, asoc, &new, ASSOCIATION_NEW);
	return 0;
}

/* sctp_association_free(asoc): the temporary ones are not in the table. */
int at_association_free(struct pt_regs *ctx, void *asoc)
{
	u64 key = (u64)asoc;
	struct assoc_windows *entry = known(asoc);

	if (!entry)
		return 0;
	tell(ctx, asoc, entry, ASSOCIATION_FREED);
	associations.delete(&key);
	return 0;
}
