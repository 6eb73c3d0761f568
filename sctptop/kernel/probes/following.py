"""Has the kernel follow all messages, or those of NGAP alone for a while, as pace.py decides."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sctptop.kernel.probes.pace import Count, FollowingPace
from sctptop.kernel.program import maps
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
        self._everything = True
        self._looked = Count(0, 0)
        self._here_until_ns: int | None = None

    def begin(self, program: Program) -> None:
        """Follow all. Raises OSError."""
        self._pace = FollowingPace(time.monotonic(), every_message=self._every_message)
        self._put(program, everything=True)

    def step(self, program: Program) -> None:
        """Change between following and resting where it is time. Raises OSError."""
        if not program.has(FOLLOW.file) or not program.has("waits.c"):
            return
        was_away, stays = program.resting, self._here_until_ns is not None or not program.can_rest
        count = _count(program)
        if not self._pace.step(time.monotonic(), count, stays=stays):
            if count != self._looked:
                self._looked = count
                self._put(program, everything=self._everything)
            return
        if self._pace.resting:
            self._put(program, everything=False)
            if not stays:
                program.rest()
            return
        self._turn += 1
        if was_away:
            program.go_on()
            # What began while not all was there is of the epoch before: its end may not be seen.
            self._epoch += 1
        self._put(program, everything=True)

    def listen_for_ngap(self, told: Iterable[AssociationWindows], now_ns: int, *, came: bool) -> None:
        """Where NGAP goes by all of it is to be seen: what is hit by each packet stays."""
        if came or any(
            entry.who.local_port in NGAP_PORTS or entry.who.remote_port in NGAP_PORTS for entry in told
        ):
            self._here_until_ns = now_ns + HERE_NS
        elif self._here_until_ns is not None and now_ns > self._here_until_ns:
            self._here_until_ns = None

    def share(self, program: Program) -> float | None:
        """The share of messages that was followed since the last call. Raises OSError."""
        return self._pace.share(time.monotonic(), _count(program))

    def _put(self, program: Program, *, everything: bool) -> None:
        self._everything = everything
        self._look += 1
        content = FOLLOWING.encode(Followed(int(everything), self._turn, self._epoch, self._look))
        maps.put_bytes(program.map_fd(FOLLOW.name), 0, content)


def _count(program: Program) -> Count:
    table = program.map_fd(CHUNKS.name)
    return Count(maps.get(table, 0), maps.get(table, 1))
