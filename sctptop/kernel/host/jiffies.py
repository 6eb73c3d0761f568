"""HZ of the running kernel, found from facts, and jiffies as milliseconds.

``getconf CLK_TCK`` is USER_HZ and says nothing about it.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sctptop.kernel.host.modules import configuration

KNOWN_HZ = (24, 32, 48, 64, 100, 128, 200, 250, 256, 300, 500, 512, 1000, 1024, 1200)
"""Every CONFIG_HZ in kernel/Kconfig.hz and the architectures that have their own."""

MOST_ROUNDED = 4096
"""Round trips and intervals, in jiffies: thousands of paths share a few dozen."""
_SURE_AFTER = 16
_CONFIGURED_WEIGHT = 3
_TICKS_APART = 3
"""An instant is anywhere in its tick, and a tick may come late: two of them differ by up to so many."""


class JiffyClock:
    """Learns HZ from one path's RTO seen in both units, else from the kernel's configuration.

    The two RTOs are read a moment apart and may differ in truth, so pairs vote until one HZ leads.
    """

    def __init__(self, configured: int | None = None) -> None:
        # One torn pair must not outvote what the kernel was configured with.
        self._votes: Counter[int] = Counter({configured: _CONFIGURED_WEIGHT} if configured else {})
        self.hz: int | None = configured or None
        """Jiffies a second; None while nothing is known."""
        self.instant: tuple[int, int] | None = None
        """In jiffies and in ns: the same object while the same jiffies are the same time."""
        self._rounded: dict[int, float] = {}
        self.sure = False
        """Whether one HZ leads by so many pairs that no further one is looked at."""

    def learn(self, jiffies: int | None, milliseconds: int | None) -> None:
        """One path's RTO in jiffies (remaddr) and in ms (sctpi_p_rto)."""
        if not jiffies or not milliseconds or jiffies < 0 or self.sure:
            return
        measured = jiffies * 1000 / milliseconds
        nearest = min(KNOWN_HZ, key=lambda hz: abs(hz - measured))
        if abs(nearest - measured) <= nearest * 0.01:
            self._votes[nearest] += 1
            (leader, most), *others = self._votes.most_common(2)
            if leader != self.hz:
                self.hz = leader
                self._rounded.clear()
            self.sure = most - sum(count for _, count in others) >= _SURE_AFTER

    def meet(self, jiffies: int, ns: int) -> None:
        """One instant on both clocks, the kernel's jiffies and CLOCK_MONOTONIC.

        The first one counts as long as the others agree: so the same number of jiffies is always the same time.
        """
        expected = self.ns(jiffies)
        if expected is None or abs(ns - expected) > _TICKS_APART * 1_000_000_000 / (self.hz or 1):
            self.instant = jiffies, ns

    def ns(self, jiffies: int) -> int | None:
        """When it is so many jiffies, on CLOCK_MONOTONIC; None while HZ or no instant is known."""
        if self.instant is None or self.hz is None:
            return None
        then, then_ns = self.instant
        return then_ns + (jiffies - then) * 1_000_000_000 // self.hz

    def milliseconds(self, jiffies: int | None) -> float | None:
        """Jiffies as real milliseconds; None while HZ is not known."""
        if jiffies is None or self.hz is None:
            return None
        known = self._rounded.get(jiffies)
        if known is None:
            if len(self._rounded) >= MOST_ROUNDED:
                self._rounded.clear()
            known = self._rounded[jiffies] = round(jiffies * 1000 / self.hz, 3)
        return known


def configured_hz(release: str, boot: Path = Path("/boot"), proc: Path = Path("/proc")) -> int | None:
    """CONFIG_HZ from the configuration of the running kernel, where the distribution left it."""
    text = configuration(release, boot, proc)
    if text is None:
        return None
    match = re.search(r"^CONFIG_HZ=(\d+)$", text, re.MULTILINE)
    return int(match[1]) if match and int(match[1]) > 0 else None
