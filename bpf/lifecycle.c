/* Paths that go up and down, associations that come and go. */

struct function_entered {
	u64 transport, asoc;
	u32 state, unused;
};

BPF_TABLE("lru_hash", u64, struct function_entered, entered_for, 1024);

/* sctp_assoc_control_transport(asoc, transport, command, error) */
int path_enter(struct pt_regs *ctx, void *asoc, void *transport)
{
	u64 stack = stack_of(ctx);
	struct function_entered was = {.transport = (u64)transport, .asoc = (u64)asoc};

	was.state = sctp_transport__state(transport);
	entered_for.update(&stack, &was);
	return 0;
}

int path_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx);
	struct function_entered *was = entered_for.lookup(&stack);
	struct probe_event event = {.kind = KIND_PATH};

	if (!was)
		return 0;
	event.before = was->state;
	event.after = sctp_transport__state((void *)was->transport);
	if (event.before != event.after && path_named(&event.who, (void *)was->asoc, (void *)was->transport)) {
		event.ns = bpf_ktime_get_ns();
		events.perf_submit(ctx, &event, sizeof(event));
	}
	entered_for.delete(&stack);
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
	events.perf_submit(ctx, &event, sizeof(event));
}

/* sctp_endpoint_add_asoc(ep, asoc): passes over the temporary associations that answer an INIT, and a bit field tells
 * them. So we look on return whether it is in the endpoint's list. */
int new_enter(struct pt_regs *ctx, void *ep, void *asoc)
{
	u64 stack = stack_of(ctx);
	struct function_entered was = {.asoc = (u64)asoc};

	entered_for.update(&stack, &was);
	return 0;
}

int new_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx), linked;
	struct function_entered *was = entered_for.lookup(&stack);
	struct assoc_windows new = {};
	u64 key;

	if (!was)
		return 0;
	key = was->asoc;
	entered_for.delete(&stack);
	linked = sctp_association__asocs__next((void *)key);
	if (!linked || linked == (u64)ADDRESS_sctp_association__asocs((void *)key))
		return 0;
	name_association(&new.who, (void *)key);
	associations.update(&key, (struct assoc_bytes *)&new);
	tell(ctx, (void *)key, &new, ASSOCIATION_NEW);
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
