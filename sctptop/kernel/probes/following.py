"""Has the kernel follow all messages, or those of NGAP alone for a while, as pace.py decides."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sctptop.kernel.probes.pace import Count, FollowingPace
from sctptop.kernel.program.bpf import maps
from sctptop.kernel.program.declarations import CHUNKS, FOLLOW, FOLLOWING
from sctptop.kernel.program.program import Program
from sctptop.kernel.program.records import AssociationWindows, Followed

NGAP_PORTS = frozenset({38412, 36412})
HERE_NS = 60 * 10**9
"""NGAP goes by where its ports are used, or one of its messages was seen so lately."""


class Following:
    """``begin`` once the program is attached, ``step`` by the thread that listens, the rest by the one that reads."""

    def __init__(self, *, every_message: bool) -> None:
        self._every_message = every_message
        self._pace = FollowingPace(time.monotonic())
        self._turn = self._epoch = 1
        self._look = 0
        self._everything, self._nothing, self._told_ngap = True, False, False
        self._looked = Count(0, 0)
        self._away = False
        self._here_until_ns: int | None = None

    def begin(self, program: Program) -> None:
        """Follow all. Raises OSError."""
        self._pace = FollowingPace(time.monotonic(), every_message=self._every_message)
        self._put(program)

    def step(self, program: Program) -> None:
        """Change between following and resting where it is time. Raises OSError."""
        if not program.has("waits.c"):
            return
        now_s = time.monotonic()
        if self._away:
            if not self._ngap and not self._pace.is_due(now_s):
                return
            self._away = not program.put_back()
            if self._away:
                return
        count = _count(program)
        if self._pace.step(now_s, count, stays=self._ngap):
            self._everything = not self._pace.resting
            self._turn += self._everything
            self._away = not self._everything and not self._ngap
        elif count == self._looked and self._told_ngap == self._ngap:
            return
        self._looked = count
        self._put(program)
        if self._away:
            program.take_away()

    def listen_for_ngap(self, told: Iterable[AssociationWindows], now_ns: int, *, came: bool) -> None:
        """Where NGAP goes by all of it is followed."""
        if came or any(
            entry.who.local_port in NGAP_PORTS or entry.who.remote_port in NGAP_PORTS for entry in told
        ):
            self._here_until_ns = now_ns + HERE_NS
        elif self._here_until_ns is not None and now_ns > self._here_until_ns:
            self._here_until_ns = None

    def share(self, program: Program) -> float | None:
        """The share of messages that was followed since the last call. Raises OSError."""
        return self._pace.share(time.monotonic(), _count(program))

    @property
    def _ngap(self) -> bool:
        return self._here_until_ns is not None

    def _put(self, program: Program) -> None:
        nothing = not self._everything and not self._ngap
        # What began before nothing was followed is of the epoch before: its end may not have been seen.
        self._epoch += self._nothing and not nothing
        self._nothing, self._told_ngap = nothing, self._ngap
        self._look += 1
        content = Followed(
            int(self._everything), int(self._ngap), self._turn, self._epoch, self._look & 0xFFFFFFFF, 0
        )
        maps.put_bytes(program.map_fd(FOLLOW.name), 0, FOLLOWING.encode(content))


def _count(program: Program) -> Count:
    table = program.map_fd(CHUNKS.name)
    seen, passed = maps.get(table, 0), maps.get(table, 1)
    return Count(seen, seen - passed)
