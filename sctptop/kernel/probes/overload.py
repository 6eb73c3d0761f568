"""Events of one reading, as many as there is time for: what tells least is summed up, then left out and counted.

Time is a share of the interval that was asked for: of one that grew because there was too much to do, more would be
too much again. Events of associations and of paths are never left out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sctptop.kernel.probes.events import Clocks, event
from sctptop.kernel.probes.ngap_records import NgapRecord, ngap_events
from sctptop.kernel.program.declarations import PROBE_EVENT
from sctptop.kernel.program.records import CAUSES, FREQUENT, KINDS, LOWER
from sctptop.model.associations.distribution import bin_of
from sctptop.model.event import Event

SHARE = 0.25
"""Of the interval: what events may take, from the buffer to what is written."""
WHOLE = 5.0
"""So many times what making an event takes is what all that is done with it takes: the model, JSON, the disk."""
FIRST_COST_S = 4e-6
LEAST = 150
"""Events that are always told, however slow this host is."""
LEAST_OF = {"ngap": 500, "retransmit": 200, "t3_rtx": 200, "cwnd": 200}
"""The same of these kinds alone: registrations and advice are made of them."""
WEIGHT = 0.2

LEAST_TELLING = ("window", "rwnd", "ngap_rtx", "ngap", "hb_rtt", "retransmit", "t3_rtx", "cwnd")
"""The kinds that are left out, the first of them first."""

Record = TypeVar("Record")

_AT = {member.name: member.offset for member in PROBE_EVENT.members}
_KIND, _CAUSE, _RTT, _WHO = _AT["kind"], _AT["cause"], _AT["rtt_ns"], _AT["who"]
_WHO_SIZE = next(member.size for member in PROBE_EVENT.members if member.name == "who")
HISTOGRAM_BITS = 6
"""Of the histogram of heartbeats: an error of at most 0.8 %."""
_RISES = {(LOWER + CAUSES).index(name) for name in FREQUENT}
_CWND, _HEARTBEAT = KINDS.index("cwnd"), KINDS.index("hb_rtt")
_NGAP_KINDS = ("ngap", "ngap", "ngap_rtx")
"""By direction."""


@dataclass(frozen=True, slots=True)
class Made:
    """``left_out``: how many events were not made, by kind."""

    events: list[Event]
    left_out: Mapping[str, int] = field(default_factory=dict)


def kind_of(data: bytes) -> str:
    """The kind of a record of the perf buffer; "" for none that is known."""
    number = data[_KIND] if len(data) >= PROBE_EVENT.size and not data[_KIND + 1] else len(KINDS)
    return KINDS[number] if number < len(KINDS) else ""


class Overload:
    """Makes the events of one reading after the other, and learns what one costs. Used by one thread."""

    def __init__(
        self,
        clock: Callable[[], float] = time.thread_time,
        *,
        sums: bool = True,
        asked_s: float | None = None,
    ) -> None:
        """``sums``: what is alike may be summed up, before anything is left out. ``asked_s``: the interval that was
        asked for, where one was.
        """
        self._clock, self._sums, self._asked_s = clock, sums, asked_s
        self._cost_s = FIRST_COST_S
        self._before_ns: int | None = None

    def made(self, raw: Sequence[bytes], messages: Sequence[NgapRecord], clocks: Clocks) -> Made:
        """The events of these records and messages, which came since the last call."""
        before_ns, self._before_ns = self._before_ns, clocks.monotonic_ns
        interval_s = 1.0 if before_ns is None else (clocks.monotonic_ns - before_ns) / 1e9
        if self._asked_s is not None:
            interval_s = min(interval_s, self._asked_s)
        most = max(LEAST, int(interval_s * SHARE / (self._cost_s * WHOLE)))
        left_out: dict[str, int] = {}
        begun_s = self._clock()
        if len(raw) + len(messages) <= most:
            events = [found for data in raw if (found := event(data, clocks)) is not None]
        else:
            alike = _Alike(most // 2)
            rest = [data for data in raw if not (self._sums and alike.take(data))]
            told, messages, left_out = _told(rest, messages, most - len(alike))
            events = [found for data in told if (found := event(data, clocks)) is not None]
            events += alike.events(clocks)
            left_out = Counter(left_out) + alike.left_out
        events += ngap_events(messages, clocks)
        if len(events) >= LEAST:
            # What is summed up costs little, and its time is that of those that are made.
            self._cost_s += WEIGHT * ((self._clock() - begun_s) / len(events) - self._cost_s)
        return Made(events, left_out)


class _Alike:
    """Rises of cwnd by path and cause, heartbeats by path and bin of the histogram: one event for all that are alike.

    It is that of the last, with how many they are as ``times``; of rises ``before`` is that of the first. What finds
    no room among ``most`` is left out.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._groups: dict[tuple[bytes, int, int], tuple[bytes, bytes, int]] = {}
        self.left_out: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._groups)

    def take(self, data: bytes) -> bool:
        """Whether the record is one of these."""
        if len(data) < PROBE_EVENT.size:
            return False
        kind = data[_KIND]
        if kind == _CWND and data[_CAUSE] in _RISES:
            like = data[_CAUSE]
        elif kind == _HEARTBEAT:
            like = bin_of(int.from_bytes(data[_RTT : _RTT + 8], "little"), HISTOGRAM_BITS)
        else:
            return False
        key = (data[_WHO : _WHO + _WHO_SIZE], kind, like)
        known = self._groups.get(key)
        if known is not None:
            self._groups[key] = (known[0], data, known[2] + 1)
        elif len(self._groups) < self._most:
            self._groups[key] = (data, data, 1)
        else:
            self.left_out[KINDS[kind]] += 1
        return True

    def events(self, clocks: Clocks) -> list[Event]:
        """One for each group."""
        found = []
        for first, last, times in self._groups.values():
            one, begun = event(last, clocks), event(first, clocks)
            if one is None or begun is None:
                continue
            before = {"before": begun.details["before"]} if one.kind == "cwnd" else {}
            found.append(replace(one, details={**one.details, **before, "times": times}))
        return found


def _told(
    raw: Sequence[bytes], messages: Sequence[NgapRecord], most: int
) -> tuple[list[bytes], list[NgapRecord], dict[str, int]]:
    """Those for which there is time, of each kind the first that came; and how many there were of the others."""
    kinds = [kind_of(data) for data in raw]
    kinds_of_ngap = [_NGAP_KINDS[one.direction] for one in messages]
    found = Counter([*kinds, *kinds_of_ngap])
    over = sum(found.values()) - most
    left_out: dict[str, int] = {}
    for kind in LEAST_TELLING:
        dispensable = found[kind] - LEAST_OF.get(kind, 0)
        if over > 0 and dispensable > 0:
            left_out[kind] = min(over, dispensable)
            over -= left_out[kind]
    room = {kind: times - left_out.get(kind, 0) for kind, times in found.items()}
    return _first(raw, kinds, room), _first(messages, kinds_of_ngap, room), left_out


def _first(records: Sequence[Record], kinds: Sequence[str], room: dict[str, int]) -> list[Record]:
    kept = []
    for record, kind in zip(records, kinds, strict=True):
        if room[kind] > 0:
            room[kind] -= 1
            kept.append(record)
    return kept
