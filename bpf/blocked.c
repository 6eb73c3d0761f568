/* How long sendmsg waits for room in the send buffer, before it hands a message over. */

#define BLOCKED 1
#define NONBLOCKING 04000 /* O_NONBLOCK, uapi/asm-generic/fcntl.h */

/* A thread that waits: on which association, since when, and until which jiffy at most. */
struct blocked {
	u64 asoc, since, until;
};

BPF_TABLE("hash", u64, struct blocked, blocked, ROOM_FOR_CALLS);

/* What sctp_wspace() says: bytes that there is room for. */
INLINE s32 send_space(const void *asoc, const void *sk)
{
	const void *endpoint = (void *)sctp_association__ep(asoc);
	s32 used = sctp_endpoint__sndbuf_policy(endpoint) ? sctp_association__sndbuf_used(asoc) : sock__sk_wmem_queued(sk);

	return (s32)sock__sk_sndbuf(sk) - used;
}

/* sctp_prsctp_prune(asoc, sinfo, missing): called by sendmsg where the message finds too little room, before it waits if
 * there is none at all. What waits (sctp_wait_for_sndbuf) is inlined into sctp_sendmsg_to_asoc; neither it nor sendmsg
 * can be probed without a cost for each message. Not seen: a wait for memory of all of SCTP (net.sctp.sctp_mem). */
INLINE int at_no_room(void *ctx, void *asoc)
{
	u64 thread = bpf_get_current_pid_tgid(), jiffies = bpf_jiffies64();
	const void *sk = (void *)sctp_association__base__sk(asoc);
	struct blocked now = {.asoc = (u64)asoc, .since = bpf_ktime_get_ns()};
	struct blocked *before = blocked.lookup(&thread);

	if (send_space(asoc, sk) > 0)
		return 0;
	/* One that may not wait is refused at once. */
	if (file__f_flags((void *)socket__file((void *)sock__sk_socket(sk))) & NONBLOCKING)
		return 0;
	/* A signal that its handler returns from has the call begun anew. */
	if (before && before->asoc == now.asoc && before->until > jiffies)
		return 0;
	now.until = jiffies + sock__sk_sndtimeo(sk);
	if (blocked.update(&thread, &now))
		found_no_room(ROOM_BLOCKED);
	return 0;
}

/* How long this thread waited, as it hands over its message. One that gave up may hand over another one later. */
INLINE u64 blocked_for(const void *chunk, u64 now)
{
	u64 thread = bpf_get_current_pid_tgid(), found = 0;
	struct blocked *waited = blocked.lookup(&thread);

	if (!waited)
		return 0;
	if (waited->asoc == sctp_chunk__asoc(chunk) && waited->until > bpf_jiffies64())
		found = now - waited->since;
	blocked.delete(&thread);
	return found;
}
