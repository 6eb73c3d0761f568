/* Which messages are followed. All, where there are few; else those of a while now and then, as user space decides by
 * their rate. What a look at one message costs is bounded here as well, should their rate rise before it decides. */

#define WINDOW_NS 100000000ULL
/* Messages a processor and window. */
#define MOST_FOLLOWED 4000

/* ``all`` now; ``turn`` counts the whiles, ``epoch`` how often the hooks were taken away and put back: what was begun in
 * another one may have been another message, whose end was not seen. */
struct following {
	u32 all, turn, epoch, unused;
};

struct followed {
	u64 window;
	u32 times, seen, taken, unused;
};

/* Messages seen while the hooks are there, and those of them that were followed; by FLUSH a processor. */
enum { MESSAGES_SEEN, MESSAGES_TAKEN, MESSAGES };
#define FLUSH 64

BPF_ARRAY(following, struct following, 1);
BPF_PERCPU_ARRAY(followed, struct followed, 1);
BPF_ARRAY(messages, u64, MESSAGES);

INLINE const struct following *following_now(void)
{
	int zero = 0;

	return following.lookup(&zero);
}

INLINE void count_messages(int which, u32 number)
{
	u64 *times = messages.lookup(&which);

	if (times)
		__sync_fetch_and_add(times, number);
}

/* Whether this message is to be followed for itself; those of NGAP always are. */
INLINE bool is_followed(const struct following *now, u64 ns)
{
	int zero = 0;
	struct followed *here = followed.lookup(&zero);
	bool yes = now->all;

	if (!here)
		return false;
	if (++here->seen >= FLUSH) {
		count_messages(MESSAGES_SEEN, here->seen);
		count_messages(MESSAGES_TAKEN, here->taken);
		here->seen = here->taken = 0;
	}
#ifndef EVERY_MESSAGE
	if (ns - here->window > WINDOW_NS) {
		here->window = ns;
		here->times = 0;
	}
	yes = yes && here->times < MOST_FOLLOWED;
	here->times += yes;
#endif
	here->taken += yes;
	return yes;
}
