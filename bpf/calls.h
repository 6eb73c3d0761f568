/* Functions of the kernel that are under way, where a trampoline cannot tell arguments and result at once: remembered
 * from entry to return by the stack they run on. A softirq that interrupts a process has a stack of its own (16 KiB,
 * aligned, on x86-64), and within a stack none of those with one number calls itself. On arm64 it may have none, before
 * Linux 6.1; there the pointer itself is the same on entry and return, since no address is pushed. */

struct call {
	u64 ns;
	u64 arguments[5];
};

BPF_TABLE("hash", u64, struct call, calls, ROOM_FOR_CALLS);

INLINE u64 call_key(struct pt_regs *ctx, u64 number)
{
#if defined(__aarch64__)
	return (PT_REGS_SP(ctx) << 8) + number;
#else
	return (PT_REGS_SP(ctx) >> 14 << 8) + number;
#endif
}

INLINE int remember_call(struct pt_regs *ctx, u64 number, struct call *call)
{
	u64 key = call_key(ctx, number);

	call->ns = bpf_ktime_get_ns();
	if (calls.update(&key, call))
		found_no_room(ROOM_CALLS);
	return 0;
}

/* When it was entered; now, which is first asked here, where that was not remembered. */
INLINE u64 entered(u64 since)
{
	return since ? since : bpf_ktime_get_ns();
}

/* False where its entry was not seen. */
INLINE bool call_returns(struct pt_regs *ctx, u64 number, struct call *call)
{
	u64 key = call_key(ctx, number);
	struct call *found = calls.lookup(&key);

	if (!found)
		return false;
	*call = *found;
	calls.delete(&key);
	return true;
}
