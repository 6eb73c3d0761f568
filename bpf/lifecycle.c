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
	if (event.before != event.after) {
		event.ns = bpf_ktime_get_ns();
		name_association(&event.who, (void *)was->asoc);
		name_path(&event.who, (void *)was->transport);
		events.perf_submit(ctx, &event, sizeof(event));
	}
	path_entered.delete(&stack);
	return 0;
}

enum { ASSOCIATION_NEW, ASSOCIATION_FREED };

INLINE int tell(struct pt_regs *ctx, const void *asoc, u16 change)
{
	struct probe_event event = {.ns = bpf_ktime_get_ns(), .kind = KIND_ASSOCIATION, .cause = change};

	name_association(&event.who, asoc);
	event.after = sctp_association__state(asoc);
	events.perf_submit(ctx, &event, sizeof(event));
	return 0;
}

/* sctp_endpoint_add_asoc(ep, asoc). sctp_association_new also makes the temporary ones that answer an INIT. */
int at_association_new(struct pt_regs *ctx, void *ep, void *asoc)
{
	return tell(ctx, asoc, ASSOCIATION_NEW);
}

/* sctp_association_free(asoc): temporary ones never got an id. */
int at_association_free(struct pt_regs *ctx, void *asoc)
{
	u64 key = (u64)asoc;

	if (sctp_association__assoc_id(asoc))
		tell(ctx, asoc, ASSOCIATION_FREED);
	associations.delete(&key);
	return 0;
}
