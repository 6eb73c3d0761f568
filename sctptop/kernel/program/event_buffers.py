"""The perf buffers that events come through, one a processor and name: as large as is useful and allowed."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

from sctptop.kernel.host.memlock import locked_memory, processors
from sctptop.model.source_state import Trouble, TroubleError

BUFFER_KIB = {"events": 128, "ngap_events": 512}
"""Of each CPU: room for over a thousand events, or three thousand messages, that come at once. In bytes and not in
pages: those of arm64 have 4, 16 or 64 KiB.
"""
MOST_KIB = 16 << 10
"""What the buffers of one name take at most: hosts with many processors have less for each."""
WAKE_AT = {"events": 1, "ngap_events": 64}
"""Events that wake us: to be woken for each message would cost the kernel more than the message itself."""
SPARE = 256
"""Descriptors that all the rest of us takes at most: probes, maps, sockets, files."""
PAGE_KIB = resource.getpagesize() // 1024
_NO_ROOM = ("Operation not permitted", "Cannot allocate memory")
"""What libbcc prints where mmap is refused: EPERM beyond the limit, ENOMEM."""

LATE_S, CATCH_UP_S = 0.5, 2.0
"""A reading waits for a listener that has not been round for so long, and no longer than that."""

Taker = Callable[[bytes], None]
Said = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Buffers:
    """Pages a processor by name: those that are useful here, and those that there are."""

    wanted: Mapping[str, int]
    got: Mapping[str, int]

    @property
    def trouble(self) -> Trouble | None:
        """Why they are smaller than is useful; None when they are not."""
        if self.got == self.wanted:
            return None
        got, wanted = _kib(self.got), _kib(self.wanted)
        allowed = locked_memory()
        return Trouble(
            f"buffers of events have {got} KiB a processor instead of {wanted}: the kernel locks no more memory for us",
            allowed.remedy(wanted) if allowed is not None else None,
        )


class NoBuffers(TroubleError):  # noqa: N818
    """Not even the smallest could be opened."""


class Rounds:
    """How far the thread that listens has come: it empties all buffers, again and again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun_s = 0.0

    def ended(self, begun_s: float) -> None:
        """It has emptied all that was there at ``begun_s``, by time.monotonic."""
        with self._changed:
            self._begun_s = begun_s
            self._changed.notify_all()

    def catch_up(self, stop: threading.Event) -> None:
        """Let it come first, if it is late.

        The process may have been stopped: what came meanwhile lies in the buffers, and belongs to the next reading.
        """
        now_s = time.monotonic()
        with self._changed:
            if now_s - self._begun_s > LATE_S:
                self._changed.wait_for(lambda: self._begun_s >= now_s or stop.is_set(), CATCH_UP_S)


def useful(names: Mapping[str, object], cpus: int) -> dict[str, int]:
    """Pages a processor of each of those names on a host with so many processors: a power of two each."""
    found = {}
    for name in names:
        pages = max(1, BUFFER_KIB[name] // PAGE_KIB)
        while pages > 1 and pages * PAGE_KIB * cpus > MOST_KIB:
            pages //= 2
        found[name] = pages
    return found


def needed_kib(cpus: int) -> int:
    """What all of them take of one processor's memory, with the page of each that the kernel writes its place to."""
    return _kib(useful(BUFFER_KIB, cpus))


def open_buffers(bpf: Any, takers: Mapping[str, Taker], said: Said) -> Buffers:
    """Open those of the takers' names; where the kernel refuses the memory, all of them at half the size, and again.

    ``said``: what libbcc has printed so far. Raises NoBuffers.
    """
    cpus = processors()
    _make_room(SPARE + cpus * len(takers))
    wanted = got = useful(takers, cpus)
    while True:
        before = len(said())
        try:
            for name, take in takers.items():
                _open(bpf[name.encode()], take, got[name], WAKE_AT[name])
            return Buffers(wanted, got)
        except Exception as error:
            printed = said()[before:]
            _close(bpf, takers)
            if not any(words in printed for words in _NO_ROOM):
                why = printed.strip().splitlines()
                raise NoBuffers(f"no buffer for events: {why[-1] if why else error}") from error
            if max(got.values(), default=1) == 1:
                allowed = locked_memory()
                raise NoBuffers(
                    "no buffer for events: the kernel locks no memory for us",
                    allowed.remedy(_kib(wanted)) if allowed is not None else None,
                ) from error
        got = {name: max(1, pages // 2) for name, pages in got.items()}


def hand_over(bpf: Any, milliseconds: int) -> None:
    """Wait so long for events, and give the takers all that there are."""
    bpf.perf_buffer_poll(timeout=milliseconds)
    # Those too few to wake us; a BCC that cannot (0.18) is woken by each.
    if hasattr(bpf, "perf_buffer_consume"):
        bpf.perf_buffer_consume()


def _make_room(descriptors: int) -> None:
    """Each buffer takes a descriptor: with hundreds of processors more than the usual soft limit of 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < descriptors:
        most = descriptors if hard == resource.RLIM_INFINITY else min(descriptors, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _open(table: Any, take: Taker, pages: int, wake_at: int) -> None:
    # Older versions of BCC (0.18) always wake for each.
    can_wait = "wakeup_events" in signature(table.open_perf_buffer).parameters
    options = {"wakeup_events": wake_at} if can_wait else {}
    table.open_perf_buffer(_receiver(take), page_cnt=pages, lost_cb=_passed_over, **options)


def _close(bpf: Any, names: Mapping[str, object]) -> None:
    """Give back those that were opened before one was refused."""
    for name in names:
        table = bpf[name.encode()]
        # BCC passes over what it did not open.
        for cpu in range(len(table)):
            with contextlib.suppress(KeyError):
                del table[cpu]


def _receiver(take: Taker) -> Callable[[int, int, int], None]:
    def received(_cpu: int, data: int, size: int) -> None:
        take(ctypes.string_at(data, size))

    return received


def _passed_over(_number: int) -> None:
    """The probes count what is lost themselves, and sooner; without this libbcc would print it."""


def _kib(pages: Mapping[str, int]) -> int:
    return sum(count + 1 for count in pages.values()) * PAGE_KIB
