/* The windows of every path and association: the last value, and the extremes of the interval between two readings.
 *
 * Entries are made when an association is born and at each reading, whose sock_diag request we see: what is not in the
 * tables has no name yet, and is passed over. An interval is known by its number, which user space counts up after each
 * reading. All writers of an entry hold the lock of its socket. */

/* Changes too frequent to be told singly: counted, with the values at both ends. */
enum { CHANGE_RAISE, CHANGE_BURST_LIMITED, CHANGE_BURST_RESET, CHANGE_FREQUENT };

struct window_change {
	u64 ns;
	u32 times, before, after, interval;
};

struct window_extent {
	u32 now, min, max;
};

struct path_windows {
	struct who who;
	u32 interval, told; /* of the extremes; of the last time sock_diag asked */
	struct window_extent cwnd, ssthresh, flight;
	u32 partial_bytes_acked, pathmtu, srtt, rto, errors, state, param_flags;
	u64 hb_expires; /* when the heartbeat timer fires, in jiffies; 0: it does not run */
	u32 encap_port;
	u32 gone; /* kept for the reading to come; its memory may be another path's already */
	u64 timed_ns, timed_jiffies; /* since when a DATA chunk is timed, 0: none is */
	u32 hb_acknowledged; /* the next call of sctp_transport_update_rto is for a heartbeat */
	u32 state_before; /* on entry of sctp_assoc_control_transport */
	struct window_change changes[CHANGE_FREQUENT];
	u32 shown_cwnd, shown_ssthresh, shown_flight, shown_rwnd; /* in the last event of --every-change */
};

struct assoc_windows {
	struct who who;
	u32 interval, told;
	struct window_extent peer_rwnd, rwnd;
	u32 peer_dups; /* chunks that the peer's SACKs say it had already */
	u32 param_flags;
	u32 more; /* messages handed over with MSG_MORE */
	u32 forwarded, skipped; /* the last TSN that a FORWARD TSN went to; chunks that were skipped so */
	u32 sackfreq; /* of its SACKs; the primary path's is always 0 in sctp_info */
	u64 abandoned_unsent, abandoned_sent; /* messages given up by partial reliability, all policies together */
	u64 told_ns, told_jiffies; /* one instant on two clocks: when sock_diag last asked */
};

/* BCC compiles code that prints a table's values member by member, which nobody runs here: bytes spare it the work. */
struct path_bytes {
	char bytes[sizeof(struct path_windows)];
};

struct assoc_bytes {
	char bytes[sizeof(struct assoc_windows)];
};

BPF_TABLE("hash", u64, struct path_bytes, paths, ROOM_FOR_PATHS);
BPF_TABLE("hash", u64, struct assoc_bytes, associations, ROOM_FOR_ASSOCIATIONS);
BPF_ARRAY(interval, u32, 1);

INLINE u32 this_interval(void)
{
	int zero = 0;
	u32 *number = interval.lookup(&zero);

	return number ? *number : 0;
}

/* Takes in a value; the first of an interval begins its extremes at the value before. An entry that was never looked
 * at has interval 0, which user space never uses. */
INLINE void extend(struct window_extent *extent, u32 value, u32 last, u32 number)
{
	if (last != number) {
		u32 before = last ? extent->now : value;

		extent->min = before;
		extent->max = before;
	}
	if (value < extent->min)
		extent->min = value;
	if (value > extent->max)
		extent->max = value;
	extent->now = value;
}

/* One more of the frequent changes of cwnd. */
INLINE void count_change(struct path_windows *path, u32 which, u32 before, u32 after)
{
	struct window_change *change = &path->changes[which];

	/* Where something else moved it in between it begins anew, so that a rise never ends below its beginning. */
	if (change->interval != path->interval || change->after != before) {
		change->interval = path->interval;
		change->before = before;
	}
	change->ns = bpf_ktime_get_ns();
	change->times++;
	change->after = after;
}

struct congestion {
	u32 cwnd, ssthresh, flight;
};

/* Members in this many numbers from cwnd on are read at once. */
#define NEIGHBOURS 4
#define PLACE_FROM_CWND(member) ((OFFSET_sctp_transport__##member - OFFSET_sctp_transport__cwnd) / 4)

INLINE void read_congestion(struct congestion *now, const void *transport)
{
	if (PLACE_FROM_CWND(ssthresh) > 0 && PLACE_FROM_CWND(ssthresh) < NEIGHBOURS && PLACE_FROM_CWND(flight_size) > 0 &&
	    PLACE_FROM_CWND(flight_size) < NEIGHBOURS) {
		u32 found[NEIGHBOURS] = {};

		bpf_probe_read_kernel(found, sizeof(found), ADDRESS_sctp_transport__cwnd(transport));
		now->cwnd = found[0];
		now->ssthresh = found[PLACE_FROM_CWND(ssthresh) % NEIGHBOURS];
		now->flight = found[PLACE_FROM_CWND(flight_size) % NEIGHBOURS];
	} else {
		now->cwnd = sctp_transport__cwnd(transport);
		now->ssthresh = sctp_transport__ssthresh(transport);
		now->flight = sctp_transport__flight_size(transport);
	}
}

/* Takes in the windows of a path as they are now. cwnd rises once a SACK and path at most (sctp_check_transmitted), and
 * we look at each SACK: a rise is seen here, without a probe on what raises it. */
INLINE void look_at(struct path_windows *path, const void *transport)
{
	u32 number = this_interval(), last = path->interval, before = path->cwnd.now;
	struct congestion now;

	read_congestion(&now, transport);
	path->interval = number;
	extend(&path->cwnd, now.cwnd, last, number);
	extend(&path->ssthresh, now.ssthresh, last, number);
	extend(&path->flight, now.flight, last, number);
#ifndef EVERY_CHANGE
	if (last && path->cwnd.now > before)
		count_change(path, CHANGE_RAISE, before, path->cwnd.now);
#endif
}

INLINE struct assoc_windows *known(const void *asoc)
{
	u64 key = (u64)asoc;

	return (struct assoc_windows *)associations.lookup(&key);
}

INLINE struct path_windows *known_path(const void *transport)
{
	u64 key = (u64)transport;
	struct path_windows *path = (struct path_windows *)paths.lookup(&key);

	return path && !path->gone ? path : NULL;
}

/* The entry of a path of an association that has a name; made where there is none. */
INLINE struct path_windows *path_of(const struct who *who, const void *transport)
{
	u64 key = (u64)transport;
	struct path_windows *path = (struct path_windows *)paths.lookup(&key);

	if (!path) {
		struct path_bytes fresh = {};

		path = (struct path_windows *)paths.lookup_or_try_init(&key, &fresh);
	}
	if (!path) {
		found_no_room(ROOM_PATHS);
		return NULL;
	}
	if (path->gone) {
		__builtin_memset(path, 0, sizeof(*path));
	}
	path->who = *who;
	name_path(&path->who, transport);
	return path;
}

/* The same, of a path whose association may not be known yet. */
INLINE struct path_windows *path_named_by(const void *asoc, const void *transport)
{
	struct path_windows *path = known_path(transport);
	struct assoc_windows *entry;

	if (path)
		return path;
	entry = known(asoc);
	return entry ? path_of(&entry->who, transport) : NULL;
}

INLINE void look_at_association(struct assoc_windows *entry, const void *asoc)
{
	u32 number = this_interval(), last = entry->interval;

	entry->interval = number;
	extend(&entry->peer_rwnd, sctp_association__peer__rwnd(asoc), last, number);
	extend(&entry->rwnd, sctp_association__rwnd(asoc), last, number);
}
