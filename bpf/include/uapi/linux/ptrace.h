/* Registers as a kprobe hands them over: a stable part of the kernel's interface on both machines. */
#pragma once

#if defined(__aarch64__)

struct user_pt_regs {
	unsigned long long regs[31], sp, pc, pstate;
};

struct pt_regs {
	unsigned long long regs[31], sp, pc, pstate;
};

#else

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

#endif
