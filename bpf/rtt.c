/* Round trips in nanoseconds: of heartbeats, one event each; of data, counted in bins.
 *
 * sctp_transport_update_rto(transport, rtt) is where the kernel takes a sample of either kind, in jiffies. Ours is timed
 * beside it, and kept only where both agree on when the timing began: so what the kernel refused is no sample here. */

/* A heartbeat is known by its path and the jiffy in which it was made: the nonce is one for the life of a path. */
struct beat {
	u64 transport, jiffies;
};

struct heard {
	u64 nonce, sent_at, ns;
};

BPF_TABLE("lru_hash", struct beat, u64, beats, 16384);
BPF_TABLE("lru_hash", u64, struct heard, acknowledged, 4096);

/* sctp_make_heartbeat(asoc, transport, probe_size): built, and sent at once. */
int at_make_heartbeat(struct pt_regs *ctx, void *asoc, void *transport, u32 probe_size)
{
	struct beat beat = {.transport = (u64)transport, .jiffies = bpf_jiffies64()};
	u64 ns = bpf_ktime_get_ns();

#ifdef HAVE_sctp_sender_hb_info__probe_size
	/* A probe for the path MTU is padded and may be lost for its size. */
	if (probe_size)
		return 0;
#endif
	beats.update(&beat, &ns);
	return 0;
}

/* sctp_sf_backbeat_8_3(net, ep, asoc, type, chunk, commands): a HEARTBEAT-ACK arrived; whether it counts is not known
 * yet. (sctp_cmd_transport_on, which would know, is inlined on every kernel we looked at.) */
int at_backbeat(struct pt_regs *ctx, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	const void *info = (void *)sk_buff__data((void *)sctp_chunk__skb(chunk));
	u64 key = (u64)asoc;
	struct heard heard = {.ns = bpf_ktime_get_ns()};

#ifdef HAVE_sctp_sender_hb_info__probe_size
	if (sctp_sender_hb_info__probe_size(info))
		return 0;
#endif
	heard.nonce = sctp_sender_hb_info__hb_nonce(info);
	heard.sent_at = sctp_sender_hb_info__sent_at(info);
	acknowledged.update(&key, &heard);
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

/* Leading 1 and the 4 binary digits after it; the same as bin_of in sctptop/model/histogram.py. */
#define BIN_BITS 4

INLINE u32 bin_of(u64 value)
{
	u32 length = bpf_log2l(value);
	u32 extra = length > BIN_BITS + 1 ? length - BIN_BITS - 1 : 0;

	return (extra << BIN_BITS) + (u32)(value >> (extra & 63));
}

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

/* When the heartbeat was made that a path stamped with this jiffy: at that one, or as many before. */
INLINE u64 made_at(u64 transport, u64 sent_at)
{
	struct beat beat = {.transport = transport, .jiffies = sent_at};
	u64 ns = 0;

	NO_UNROLL
	for (int i = 0; i < PATIENCE; i++) {
		u64 *found = beats.lookup(&beat);

		if (found) {
			ns = *found;
			beats.delete(&beat);
			break;
		}
		beat.jiffies--;
	}
	return ns;
}

int at_update_rto(struct pt_regs *ctx, void *transport, u32 rtt)
{
	u64 asoc = sctp_transport__asoc(transport), key = (u64)transport, now = bpf_jiffies64();
	struct heard *heard = acknowledged.lookup(&asoc);
	struct timing *timing = timings.lookup(&key);

	if (heard && heard->nonce == sctp_transport__hb_nonce(transport) && now - heard->sent_at - rtt < PATIENCE) {
		u64 sent = made_at(key, heard->sent_at);
		struct probe_event event = {.kind = KIND_HB_RTT, .jiffies = rtt};

		if (sent && path_named(&event.who, (void *)asoc, transport)) {
			event.ns = heard->ns;
			event.rtt_ns = heard->ns - sent;
			events.perf_submit(ctx, &event, sizeof(event));
		}
		acknowledged.delete(&asoc);
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
