/* Round trips in nanoseconds: of heartbeats, one event each; of data, counted in bins. */

/* A heartbeat is known by the nonce of its path and the jiffy stamped into it: the nonce is one for the life of a path.
 * Both come back in the HEARTBEAT-ACK. */
struct beat {
	u64 nonce, sent_at;
};

struct made {
	u64 ns, transport;
};

struct heard {
	struct beat beat;
	u64 asoc, ns;
};

BPF_TABLE("lru_hash", struct beat, struct made, beats, 16384);
BPF_TABLE("lru_hash", u64, struct heard, heard_acks, 1024);
/* Paths whose next call of sctp_transport_update_rto is for a heartbeat. */
BPF_TABLE("lru_hash", u64, u64, acknowledged, 4096);

/* sctp_make_heartbeat(asoc, transport, probe_size) returns the chunk, which is sent at once. */
int heartbeat_made(struct pt_regs *ctx)
{
	const void *chunk = (void *)PT_REGS_RC(ctx);
	const void *info = (void *)sctp_chunk__subh__hbs_hdr(chunk);
	struct beat beat = {};
	struct made made = {.ns = bpf_ktime_get_ns()};

	/* No memory for it: NULL, which reads as 0. */
	if (!info)
		return 0;
#ifdef HAVE_sctp_sender_hb_info__probe_size
	/* A probe for the path MTU is padded and may be lost for its size. */
	if (sctp_sender_hb_info__probe_size(info))
		return 0;
#endif
	beat.nonce = sctp_sender_hb_info__hb_nonce(info);
	beat.sent_at = sctp_sender_hb_info__sent_at(info);
	made.transport = sctp_chunk__transport(chunk);
	beats.update(&beat, &made);
	return 0;
}

/* sctp_sf_backbeat_8_3(net, ep, asoc, type, chunk, commands): a HEARTBEAT-ACK arrived; its return tells whether it
 * counts. (sctp_cmd_transport_on, which it then has called, is inlined on every kernel we looked at.) */
int backbeat_enter(struct pt_regs *ctx, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	const void *info = (void *)sk_buff__data((void *)sctp_chunk__skb(chunk));
	u64 stack = stack_of(ctx);
	struct heard heard = {.asoc = (u64)asoc, .ns = bpf_ktime_get_ns()};

	heard.beat.nonce = sctp_sender_hb_info__hb_nonce(info);
	heard.beat.sent_at = sctp_sender_hb_info__sent_at(info);
	heard_acks.update(&stack, &heard);
	return 0;
}

/* enum sctp_disposition, include/net/sctp/command.h. A malformed, foreign or late ACK is not consumed. */
enum { DISPOSITION_CONSUME = 1 };

int backbeat_return(struct pt_regs *ctx)
{
	u64 stack = stack_of(ctx), one = 1;
	struct heard *heard = heard_acks.lookup(&stack);
	struct probe_event event = {.kind = KIND_HB_RTT};
	struct made *made;

	if (!heard)
		return 0;
	made = beats.lookup(&heard->beat);
	if (made && (u32)PT_REGS_RC(ctx) == DISPOSITION_CONSUME) {
		acknowledged.update(&made->transport, &one);
		if (path_named(&event.who, (void *)heard->asoc, (void *)made->transport)) {
			event.ns = heard->ns;
			event.rtt_ns = heard->ns - made->ns;
			/* The subtraction of sctp_cmd_transport_on, which follows. */
			event.jiffies = bpf_jiffies64() - heard->beat.sent_at;
			submit(ctx, &event);
		}
		beats.delete(&heard->beat);
	}
	heard_acks.delete(&stack);
	return 0;
}

/* A DATA chunk that is being timed. The kernel times one a path (rto_pending); so do we. */
struct timing {
	u64 chunk, ns, jiffies;
};

struct rtt_bin {
	u64 transport;
	u32 bin, unused;
};

BPF_TABLE("lru_hash", u64, struct timing, timings, 16384);
BPF_TABLE("lru_hash", struct rtt_bin, u64, data_rtts, 32768);

/* sctp_packet_transmit_chunk(packet, chunk, ...): tried again with the same chunk while Nagle or a window refuses it. */
int at_transmit(struct pt_regs *ctx, void *packet, void *chunk)
{
	u64 key = sctp_packet__transport(packet);
	struct timing *running, new = {.chunk = (u64)chunk};
	u64 header = sctp_chunk__chunk_hdr(chunk);
	u8 type = 255;

	bpf_probe_read_kernel(&type, sizeof(type), (void *)header);
	/* DATA or I-DATA, never sent before. */
	if ((type != 0 && type != 64) || sctp_chunk__sent_count(chunk))
		return 0;
	running = timings.lookup(&key);
	if (running && running->chunk != (u64)chunk)
		return 0;
	new.ns = bpf_ktime_get_ns();
	new.jiffies = bpf_jiffies64();
	timings.update(&key, &new);
	return 0;
}

/* sctp_transport_lower_cwnd(transport, reason): called where chunks are marked for retransmission, which cancels their
 * timing. Called for idleness too, when none is under way. */
int at_lower_timing(struct pt_regs *ctx, void *transport)
{
	u64 key = (u64)transport;

	timings.delete(&key);
	return 0;
}

/* sctp_transport_free(transport): its memory may become another path. */
int at_transport_free_timing(struct pt_regs *ctx, void *transport)
{
	u64 key = (u64)transport;

	timings.delete(&key);
	return 0;
}

/* A machine may stand still for some jiffies between the kernel's look at the clock and ours, a virtual one above all. */
#define PATIENCE 4

/* sctp_transport_update_rto(transport, rtt): the kernel takes a sample of either kind, in jiffies. One of data is timed
 * beside it, and kept only where both agree on when the timing began: what the kernel refused is no sample here. */
int at_update_rto(struct pt_regs *ctx, void *transport, u32 rtt)
{
	u64 key = (u64)transport, now = bpf_jiffies64();
	struct timing *timing = timings.lookup(&key);

	if (acknowledged.lookup(&key)) {
		acknowledged.delete(&key);
	} else if (timing && now - timing->jiffies - rtt + 1 < PATIENCE) {
		struct rtt_bin bin = {.transport = key, .bin = bin_of(bpf_ktime_get_ns() - timing->ns)};
		u64 zero = 0, *times = data_rtts.lookup_or_try_init(&bin, &zero);

		if (times)
			(*times)++;
	}
	/* Either way the kernel clears rto_pending: the next chunk sent is timed anew. */
	timings.delete(&key);
	return 0;
}
