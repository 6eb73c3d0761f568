/* Why associations end: what the state machine was called for, remembered until sctp_association_free.
 *
 * A final reason counts only where the association is freed at once; SHUTDOWN lasts, for its end comes later. State
 * functions are called as (net, ep, asoc, type, arg, commands), from a table: they are never inlined. */

#define ENDS 1

enum {
	END_UNKNOWN,
	END_ABORT_RECEIVED,
	END_ABORT_BY_APPLICATION,
	END_GIVEN_UP,
	END_SHUTDOWN_HERE,
	END_SHUTDOWN_BY_PEER,
	END_AUTOCLOSE,
	END_RETRANSMISSIONS,
	END_HEARTBEATS,
	END_NO_INIT_ACK,
	END_NO_COOKIE_ACK,
	END_NO_SHUTDOWN_ACK,
	END_NO_ASCONF_ACK,
	END_SHUTDOWN_GUARD,
	END_ICMP,
	END_STALE_COOKIE,
	END_VIOLATION,
	END_NO_USER_DATA,
	END_ABORT_SENT,
};

/* ``had`` of a reason: what of it is there. */
enum { HAD_CAUSE = 1, HAD_T_BIT = 2, HAD_PATH = 4, HAD_PROCESS = 8, HAD_EXITING = 16, HAD_CLOSED = 32, HAD_LINGER = 64 };

struct end_reason {
	u64 ns;
	u16 reason, had;
	u16 cause; /* RFC 9260 section 3.3.10 */
	u8 path_state, signal;
	u32 tries, allowed;
	u32 pid;
	u16 family, state;
	u8 address[16];
	u8 comm[16];
};

struct association_end {
	struct probe_event event;
	struct end_reason why;
};

struct end_memory {
	u64 born_ns;
	struct end_reason final, lasting;
};

struct end_bytes {
	char bytes[sizeof(struct end_memory)];
};

BPF_TABLE("hash", u64, struct end_bytes, ends, ROOM_FOR_ASSOCIATIONS);

/* From a reason to the call of sctp_association_free that it leads to: the same run of the state machine. */
#define AT_ONCE_NS 100000000ULL

enum { STATE_COOKIE_WAIT = 1, STATE_COOKIE_ECHOED, STATE_ESTABLISHED };

/* Made where there is none. */
INLINE struct end_memory *end_memory(const void *asoc)
{
	u64 key = (u64)asoc;
	struct end_bytes new = {};
	struct end_memory *memory = (struct end_memory *)ends.lookup(&key);

	if (memory || !known(asoc))
		return memory;
	memory = (struct end_memory *)ends.lookup_or_try_init(&key, &new);
	if (!memory)
		found_no_room(ROOM_ENDS);
	return memory;
}

INLINE void end_reason(struct end_reason *why, u16 reason, const void *asoc)
{
	why->ns = bpf_ktime_get_ns();
	why->reason = reason;
	why->state = sctp_association__state(asoc);
}

INLINE void finally(const void *asoc, struct end_reason *why)
{
	struct end_memory *memory = end_memory(asoc);

	if (memory)
		memory->final = *why;
}

/* An ABORT is made: says less than what it is made for, before or behind it. */
INLINE void finally_if_no_other(const void *asoc, u16 reason)
{
	struct end_memory *memory = end_memory(asoc);
	struct end_reason why = {};

	if (!memory)
		return;
	end_reason(&why, reason, asoc);
	if (memory->final.reason && why.ns - memory->final.ns < AT_ONCE_NS)
		return;
	memory->final = why;
}

/* The first to shut down is who did it, until a restart took it back. */
INLINE void lastingly(const void *asoc, struct end_reason *why)
{
	struct end_memory *memory = end_memory(asoc);

	if (memory && (!memory->lasting.reason || why->state <= STATE_ESTABLISHED))
		memory->lasting = *why;
}

INLINE u32 tag_of_packet(const void *chunk)
{
	u32 tag = 0;

	/* struct sctphdr is that of the wire: ports, tag. */
	bpf_probe_read_kernel(&tag, sizeof(tag), (void *)sctp_chunk__sctp_hdr(chunk) + 4);
	return FROM_NETWORK32(tag);
}

struct cause_header {
	u8 type, flags;
	u16 chunk_length, cause, cause_length;
};

/* sctp_sf_do_9_1_abort and those of the other states, arg = chunk. The check of sctp_vtag_verify_either: with the T bit
 * the tag is the one that we send with. */
INLINE int end_abort_received(void *ctx, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	struct end_reason why = {};
	struct cause_header header = {};
	const void *transport = (void *)sctp_chunk__transport(chunk);
	u32 own = sctp_association__c__my_vtag(asoc), peer = sctp_association__c__peer_vtag(asoc);

	bpf_probe_read_kernel(&header, sizeof(header), (void *)sctp_chunk__chunk_hdr(chunk));
	if (tag_of_packet(chunk) != (header.flags & 1 ? peer : own))
		return 0;
	end_reason(&why, END_ABORT_RECEIVED, asoc);
	if (header.flags & 1)
		why.had |= HAD_T_BIT;
	if (FROM_NETWORK16(header.chunk_length) >= sizeof(header)) {
		why.had |= HAD_CAUSE;
		why.cause = FROM_NETWORK16(header.cause);
	}
	if (transport) {
		why.had |= HAD_PATH;
		why.path_state = sctp_transport__state(transport);
	}
	read_address(&why.family, why.address, ADDRESS_sctp_chunk__source(chunk));
	finally(asoc, &why);
	return 0;
}

#define SHUTDOWN_BOTH 3
#define FLAG_LINGER (1 << 4) /* SOCK_LINGER of enum sock_flags, include/net/sock.h */
#define TASK_EXITING 4 /* PF_EXITING, include/linux/sched.h */

/* The process that calls, and how its socket is closed. */
INLINE void end_process(struct end_reason *why, const void *asoc)
{
	const void *sk = (void *)sctp_association__base__sk(asoc);

	why->had |= HAD_PROCESS;
	why->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(why->comm, sizeof(why->comm));
	if (sock__sk_shutdown(sk) == SHUTDOWN_BOTH) {
		why->had |= HAD_CLOSED;
		if (sock_common__skc_flags(sk) & FLAG_LINGER && !sock__sk_lingertime(sk))
			why->had |= HAD_LINGER;
	}
#if defined(HAVE_task_struct__flags) && defined(HAVE_task_struct__exit_code)
	const void *task = (void *)bpf_get_current_task();

	if (task_struct__flags(task) & TASK_EXITING) {
		why->had |= HAD_EXITING;
		why->signal = task_struct__exit_code(task) & 0x7f;
	}
#endif
}

/* sctp_sf_do_9_1_prm_abort and those of the other states: SCTP_ABORT, or close. */
INLINE int end_by_application(void *ctx, void *net, void *ep, void *asoc)
{
	struct end_reason why = {};

	end_reason(&why, END_ABORT_BY_APPLICATION, asoc);
	end_process(&why, asoc);
	finally(asoc, &why);
	return 0;
}

/* sctp_sf_cookie_wait_prm_shutdown, sctp_sf_cookie_echoed_prm_shutdown: it ends at once, and nothing is sent. */
INLINE int end_given_up(void *ctx, void *net, void *ep, void *asoc)
{
	struct end_reason why = {};

	end_reason(&why, END_GIVEN_UP, asoc);
	end_process(&why, asoc);
	finally(asoc, &why);
	return 0;
}

/* sctp_sf_do_9_2_prm_shutdown: close, or shutdown; the end comes when all data was acknowledged. */
INLINE int end_shutdown_here(void *ctx, void *net, void *ep, void *asoc)
{
	struct end_reason why = {};

	end_reason(&why, END_SHUTDOWN_HERE, asoc);
	end_process(&why, asoc);
	lastingly(asoc, &why);
	return 0;
}

INLINE int end_shutdown_by_peer(void *ctx, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	struct end_reason why = {};

	if (tag_of_packet(chunk) != sctp_association__c__my_vtag(asoc))
		return 0;
	end_reason(&why, END_SHUTDOWN_BY_PEER, asoc);
	read_address(&why.family, why.address, ADDRESS_sctp_chunk__source(chunk));
	lastingly(asoc, &why);
	return 0;
}

INLINE int end_autoclose(void *ctx, void *net, void *ep, void *asoc)
{
	struct end_reason why = {};

	end_reason(&why, END_AUTOCLOSE, asoc);
	lastingly(asoc, &why);
	return 0;
}

/* A timer expires: the last time that is allowed ends the association. */
INLINE void end_by_limit(const void *asoc, u16 reason, u32 errors, u32 allowed)
{
	struct end_reason why = {};

	if (errors < allowed)
		return;
	end_reason(&why, reason, asoc);
	why.tries = errors + 1;
	why.allowed = allowed;
	finally(asoc, &why);
}

INLINE void end_by_errors(const void *asoc, u16 reason)
{
	end_by_limit(asoc, reason, sctp_association__overall_error_count(asoc), sctp_association__max_retrans(asoc));
}

INLINE void end_by_tries(const void *asoc, u16 reason)
{
	end_by_limit(asoc, reason, sctp_association__init_err_counter(asoc), sctp_association__max_init_attempts(asoc));
}

INLINE int end_retransmissions(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_errors(asoc, END_RETRANSMISSIONS);
	return 0;
}

INLINE int end_heartbeats(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_errors(asoc, END_HEARTBEATS);
	return 0;
}

INLINE int end_no_init_ack(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_tries(asoc, END_NO_INIT_ACK);
	return 0;
}

INLINE int end_no_cookie_ack(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_tries(asoc, END_NO_COOKIE_ACK);
	return 0;
}

INLINE int end_no_shutdown_ack(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_errors(asoc, END_NO_SHUTDOWN_ACK);
	return 0;
}

INLINE int end_no_asconf_ack(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_errors(asoc, END_NO_ASCONF_ACK);
	return 0;
}

INLINE void end_now(const void *asoc, u16 reason)
{
	struct end_reason why = {};

	end_reason(&why, reason, asoc);
	finally(asoc, &why);
}

INLINE int end_shutdown_guard(void *ctx, void *net, void *ep, void *asoc)
{
	end_now(asoc, END_SHUTDOWN_GUARD);
	return 0;
}

INLINE int end_icmp(void *ctx, void *net, void *ep, void *asoc)
{
	end_now(asoc, END_ICMP);
	return 0;
}

/* sctp_sf_cookie_echoed_err: an ERROR in answer to COOKIE ECHO ends it only when stale cookies came too often. */
INLINE int end_stale_cookie(void *ctx, void *net, void *ep, void *asoc)
{
	end_by_tries(asoc, END_STALE_COOKIE);
	return 0;
}

/* sctp_make_abort_violation(asoc, chunk, ...), sctp_make_abort_no_data(asoc, chunk, tsn), sctp_make_abort(asoc, ...): the
 * first two call the third; asoc may be NULL. */
INLINE int end_violation(void *ctx, void *asoc)
{
	finally_if_no_other(asoc, END_VIOLATION);
	return 0;
}

INLINE int end_no_user_data(void *ctx, void *asoc)
{
	finally_if_no_other(asoc, END_NO_USER_DATA);
	return 0;
}

INLINE int end_abort_sent(void *ctx, void *asoc)
{
	finally_if_no_other(asoc, END_ABORT_SENT);
	return 0;
}

/* We send INIT: the handshake begins. */
INLINE void begins_to_connect(const void *asoc, u64 ns)
{
	struct end_memory *memory = end_memory(asoc);

	if (memory)
		memory->born_ns = ns;
}

/* Why an association that is being freed ends; false where nothing told. */
INLINE bool why_freed(struct end_reason *why, const void *asoc, u64 now)
{
	u64 key = (u64)asoc;
	struct end_memory *memory = (struct end_memory *)ends.lookup(&key);

	if (!memory)
		return false;
	if (memory->final.reason && now - memory->final.ns < AT_ONCE_NS)
		*why = memory->final;
	else
		*why = memory->lasting;
	return why->reason;
}

/* sctp_sf_do_5_1E_ca(net, ep, asoc, type, chunk, commands): the COOKIE ACK, for which we are in COOKIE_ECHOED. */
INLINE int at_cookie_ack(void *ctx, void *net, void *ep, void *asoc, u64 type, void *chunk)
{
	struct assoc_windows *entry = known(asoc);
	struct end_memory *memory = end_memory(asoc);
	struct probe_event event = {};

	if (!entry || !memory || tag_of_packet(chunk) != sctp_association__c__my_vtag(asoc))
		return 0;
	/* The peer's tag was 0 as it was born. */
	name_association(&entry->who, asoc);
	life_event(&event, asoc, entry, ASSOCIATION_UP);
	event.after = STATE_ESTABLISHED;
	if (memory->born_ns)
		event.rtt_ns = event.ns - memory->born_ns;
	submit(ctx, &event);
	return 0;
}
