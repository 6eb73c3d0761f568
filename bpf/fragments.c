/* The peer's messages of several chunks: an event of each arrives, and one of all of them is read. */

BPF_TABLE("hash", u64, struct fragments, fragments, 1024);

/* sctp_make_reassembled_event(net, queue, first, last): called as the last of them arrives that was missing, or for a
 * part of a message too long to be kept whole. */
int fragments_enter(struct pt_regs *ctx, void *net, void *queue, void *first, void *last)
{
	u64 stack = stack_of(ctx);
	const void *event = ADDRESS_sk_buff__cb(last);
	struct fragments found = {.first = (u64)ADDRESS_sk_buff__cb(first), .ns = bpf_ktime_get_ns()};

	found.last_tsn = sctp_ulpevent__tsn(event);
	found.flags = sctp_ulpevent__msg_flags(event);
	fragments.update(&stack, &found);
	return 0;
}

/* It returns the event of the first, or of a copy of it, or NULL where there is no memory for one. */
int fragments_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx), key = PT_REGS_RC(ctx);
	struct fragments *found = fragments.lookup(&stack);

	if (!found)
		return 0;
	if (key) {
#ifdef WAITS
		unread_is_now(found->first, key);
#endif
#ifdef NGAP
		ngap_put_together(found, key);
#endif
	}
	fragments.delete(&stack);
	return 0;
}
