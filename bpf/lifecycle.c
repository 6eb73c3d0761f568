/* Paths that go up and down, associations that come and go. */

/* sctp_assoc_control_transport(asoc, transport, command, error) */
INLINE int path_enter(void *ctx, void *asoc, void *transport)
{
	struct path_windows *path = path_named_by(asoc, transport);

	if (path)
		path->state_before = sctp_transport__state(transport);
	return 0;
}

INLINE int path_return(void *ctx, u64 returned, u64 since, void *asoc, void *transport)
{
	struct path_windows *path = known_path(transport);
	struct probe_event event = {.kind = KIND_PATH};

	if (!path)
		return 0;
	event.before = path->state_before;
	event.after = sctp_transport__state(transport);
	if (event.before == event.after)
		return 0;
	event.who = path->who;
	event.ns = bpf_ktime_get_ns();
	submit(ctx, &event);
	return 0;
}

/* sctp_endpoint_add_asoc(ep, asoc): also called with the temporary associations that answer an INIT, which it passes
 * over. They are CLOSED; one that stays has its first state by then. */
INLINE int at_association_new(void *ctx, void *ep, void *asoc)
{
	u64 key = (u64)asoc;
	struct assoc_windows new = {};
	struct probe_event event = {};

	if (!sctp_association__state(asoc))
		return 0;
	name_association(&new.who, asoc);
	if (associations.update(&key, (struct assoc_bytes *)&new))
		found_no_room(ROOM_ASSOCIATIONS);
	life_event(&event, asoc, &new, ASSOCIATION_NEW);
#ifdef ENDS
	if (event.after == STATE_COOKIE_WAIT)
		begins_to_connect(asoc, event.ns);
#endif
	submit(ctx, &event);
	return 0;
}

/* sctp_association_free(asoc): the temporary ones are not in the table. */
INLINE int at_association_free(void *ctx, void *asoc)
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
