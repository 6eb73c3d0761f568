/* Which messages are followed. All, where there are few chunks; else those of a while now and then, as user space decides
 * by their rate. What following costs is bounded here as well, should their rate rise before it decides. */

/* Chunks a processor between two looks of user space, some tenths of a second. */
#define MOST_FOLLOWED 4000

/* ``all`` now; ``ngap``: its messages at least; ``turn`` counts the whiles, ``epoch`` how often nothing was followed
 * meanwhile: what was begun in another one may have been another message, whose end was not seen. ``look`` counts the
 * looks. */
struct following {
	u32 all, ngap, turn, epoch, look, unused;
};

struct followed {
	u32 look, times, seen, passed;
};

/* Chunks seen while anything is followed, and those of them that were passed over; by FLUSH a processor. An interrupt may
 * undo some of it: where none was passed over, that number is exact all the same. With EVERY_MESSAGE none is counted. */
enum { CHUNKS_SEEN, CHUNKS_PASSED, CHUNKS };
#define FLUSH 64

BPF_ARRAY(following, struct following, 1);
BPF_PERCPU_ARRAY(followed, struct followed, 1);
BPF_ARRAY(chunks, u64, CHUNKS);

/* A place among 1 << ``bits`` for what an address names. The verifier lets nothing be made of a pointer whose type it knows
 * but its distance from another one: from ``now``, which never moves. */
#ifdef TYPED
#define PLACE_FOR(address, now, bits) ((u32)(((u64)(address) - (u64)(now)) >> 6) * 2654435761U >> (32 - (bits)))
#else
#define PLACE_FOR(address, now, bits) ((u32)((u64)(address) >> 6) * 2654435761U >> (32 - (bits)))
#endif

/* NULL where nothing is: what is hit by each packet leaves at once. */
INLINE const struct following *following_now(void)
{
	int zero = 0;
	const struct following *now = following.lookup(&zero);

	return now && (now->all || now->ngap) ? now : NULL;
}

INLINE void count_chunks(int which, u32 number)
{
	u64 *times = chunks.lookup(&which);

	if (times)
		__sync_fetch_and_add(times, number);
}

/* Whether the message of this chunk is to be followed for itself; those of NGAP always are. */
INLINE bool is_followed(const struct following *now)
{
#ifdef EVERY_MESSAGE
	return now->all;
#else
	int zero = 0;
	struct followed *here = followed.lookup(&zero);
	bool yes = now->all;

	if (!here)
		return false;
	if (++here->seen >= FLUSH) {
		count_chunks(CHUNKS_SEEN, here->seen);
		if (here->passed)
			count_chunks(CHUNKS_PASSED, here->passed);
		here->seen = here->passed = 0;
	}
	if (here->look != now->look) {
		here->look = now->look;
		here->times = 0;
	}
	yes = yes && here->times < MOST_FOLLOWED;
	here->times += yes;
	here->passed += !yes;
	return yes;
#endif
}
