/* The peer's messages of several chunks: an event of each arrives, and one of all of them is read. */

/* sctp_make_reassembled_event(net, queue, first, last): called as the last of them arrives that was missing, or for a
 * part of a message too long to be kept whole. It returns the event of the first, or of a copy of it, or NULL where there
 * is no memory for one; the last is part of it. */
INLINE int at_reassembly(void *ctx, u64 returned, u64 since, void *net, void *queue, void *first, void *last)
{
	const void *event = ADDRESS_sk_buff__cb(last);
	struct fragments found = {.first = (u64)ADDRESS_sk_buff__cb(first)};

	if (!returned)
		return 0;
	found.ns = entered(since);
	found.last_tsn = sctp_ulpevent__tsn(event);
	found.flags = sctp_ulpevent__msg_flags(event);
#ifdef WAITS
	unread_is_now(found.first, returned, found.flags & FLAG_END ? found.ns : 0);
#endif
#ifdef NGAP
	ngap_put_together(&found, returned);
#endif
	return 0;
}
