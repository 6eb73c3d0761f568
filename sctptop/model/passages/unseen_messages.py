"""How many messages of NGAP and S1AP no probe saw, by the TSNs missing between those seen.

A kprobe is skipped while another runs on the same processor (see ``missed``), so a message may have no event though no
event was lost. Each DATA chunk takes the next TSN of its direction (RFC 9260 section 3.3.1), control chunks and
retransmissions take none, and an event carries the TSN of its message's first chunk. So a TSN without an event, between
two with one, is of a message unseen, unless it may be something else:

- On the ports of NGAP and S1AP no other data goes (TS 38.412 and TS 36.412, section 7). On other ports none is counted.
- Behind a message of several chunks of which the last is not known a gap may be the rest of it, and is not counted.
  Where a direction carried such a message, TSNs in a row count as one message. Elsewhere a message unseen counts once
  for each of its chunks.
- What the network delays is read after what came later, so an inbound gap counts only once it stayed for some time.
- What only looks like NGAP is told together, so counting starts again behind it.
- Before the first event, and where events were lost, samples are missing, or the probes are off, nothing is known:
  counting starts again there. What a full buffer or the limit of the rate took is counted as lost, not here.

So the count is a lower bound, but for two rarities: what the peer abandoned (RFC 3758), and the chunks of long messages
that I-DATA (RFC 8260, off by default) mixes. Counters of the association, ``in_data_chunks`` and ``out_data_chunks``,
count the same chunks as TSNs do, but as of another instant than the events.

A registration that was under way while one was missing may have lost what decided it: ``gap`` tells.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from sctptop.model.associations.identity import Key
from sctptop.model.bounded import count_in
from sctptop.model.event import Event
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.model.ngap.message import Wire, wire_of
from sctptop.model.passages.tsn import TSNS, ahead

PATIENCE_NS = {"out": 1_000_000_000, "in": 10_000_000_000}
"""How long a TSN may be missing. Ours come as they are assigned, one CPU after the other; the peer's may be sent
again, at the third time 7 s later (RTO.Min 1 s, doubled)."""
MOST_GAP = 1000
"""TSNs. No probe is skipped so often in a row: something else happened."""
MOST_DIRECTIONS = 4096
MOST_COUNTED = 2048
MOST_GAPS = 64
"""Kept of one direction, the last."""


class _Entry(NamedTuple):
    """``last``: the TSN of its last chunk, None where it is not known."""

    association: Key
    tsn: int
    last: int | None
    at_ns: int


class _Missing(NamedTuple):
    """Noticed at ``noticed_ns``; sent or received between the other two instants."""

    noticed_ns: int
    since_ns: int
    until_ns: int


@dataclass(slots=True)
class _Direction:
    """``after``: the TSN behind the highest seen, at ``at_ns``. ``unfinished``: more chunks of that message follow.
    ``missing``: TSNs without an event yet, in the order in which that was noticed. ``gaps``: from when to when, of
    those that will not be seen any more."""

    association: Key
    after: int
    at_ns: int
    unfinished: bool = False
    fragments: bool = False
    missing: dict[int, _Missing] = field(default_factory=dict)
    gaps: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=MOST_GAPS))

    def take(self, entry: _Entry, now_ns: int) -> None:
        fragment = entry.last is None
        self.fragments = self.fragments or fragment
        ahead_by = ahead(entry.tsn, self.after)
        if ahead_by < 0:
            self.missing.pop(entry.tsn, None)
            rest = (entry.tsn + 1) % TSNS
            while (fragment or ahead(entry.last or 0, rest) >= 0) and self.missing.pop(
                rest, None
            ) is not None:
                rest = (rest + 1) % TSNS
            return
        if 0 < ahead_by <= MOST_GAP and not self.unfinished:
            gap = _Missing(now_ns, min(self.at_ns, entry.at_ns), max(self.at_ns, entry.at_ns))
            self.missing |= {(self.after + place) % TSNS: gap for place in range(ahead_by)}
        last = entry.tsn if entry.last is None else entry.last
        self.after, self.at_ns, self.unfinished = (last + 1) % TSNS, entry.at_ns, fragment

    def settle(self, before_ns: int) -> int:
        """How many messages will not be seen any more: their gaps were noticed by then."""
        due = list(takewhile(lambda tsn: self.missing[tsn].noticed_ns <= before_ns, self.missing))
        count = sum((tsn - 1) % TSNS not in self.missing for tsn in due) if self.fragments else len(due)
        for tsn in due:
            gap = self.missing.pop(tsn)[1:]
            if not self.gaps or self.gaps[-1] != gap:
                self.gaps.append(gap)
        return count

    def between(self, began_ns: int, ended_ns: int, settled: bool) -> bool:
        gaps = self.gaps if settled else (gap[1:] for gap in self.missing.values())
        return any(since <= ended_ns and until >= began_ns for since, until in gaps)


class UnseenMessages:
    """Takes the ``ngap`` events of each sample. ``now``: messages unseen since the reset by association, None: all."""

    def __init__(self) -> None:
        self.now: Mapping[Key | None, int] = {}
        self._before: Mapping[Key | None, int] = {}
        """Those before the last reset."""
        self._directions: dict[tuple[Wire, str], _Direction] = {}
        self._missing: dict[tuple[Wire, str], None] = {}
        """Those of which a message is missing."""

    def advance(self, events: Iterable[tuple[Key, Event]], now_ns: int) -> None:
        """Update with the events of a sample and the keys of their associations; ``now_ns`` is the clock of events."""
        fresh: dict[tuple[Wire, str], list[_Entry]] = {}
        for key, event in events:
            told = event.details.get
            tsn, direction = told("tsn"), told("direction")
            if type(tsn) is not int or direction not in PATIENCE_NS:
                continue
            # Else not only NGAP or S1AP goes on its association.
            if event.local_port not in CORE_PORTS and event.remote_port not in CORE_PORTS:
                continue
            place = (wire_of(event), str(direction))
            if told("times") is not None:
                self._directions.pop(place, None)
                fresh.pop(place, None)
                continue
            last = told("last_tsn", None if told("fragment") else tsn)
            entry = _Entry(
                key,
                tsn % TSNS,
                last % TSNS if type(last) is int else None,
                int(event.number("at_ns") or 0),
            )
            entries = fresh.get(place)
            if entries is None:
                fresh[place] = [entry]
            else:
                entries.append(entry)
        for place, entries in fresh.items():
            self._take(place, entries, now_ns)
        now = dict(self.now)
        for place in [*self._missing]:
            one = self._directions.get(place)
            count = one.settle(now_ns - PATIENCE_NS[place[1]]) if one is not None else 0
            if one is None or not one.missing:
                del self._missing[place]
            if one is not None and count:
                for name in (None, one.association):
                    count_in(now, name, count, MOST_COUNTED)
        self.now = now

    def gap(self, wires: Iterable[Wire], began_ns: int, ended_ns: int, settled: bool = True) -> bool:
        """Whether a message of one of these associations was not seen that may have gone between these instants.

        Not ``settled``: one is missing now and may still come.
        """
        return any(
            one.between(began_ns, ended_ns, settled)
            for wire in wires
            for direction in PATIENCE_NS
            if (one := self._directions.get((wire, direction))) is not None
        )

    def begin_anew(self) -> None:
        """Between what was seen and what will be, anything may have gone by."""
        self._directions.clear()

    def reset(self) -> None:
        """Count anew, from here on."""
        self._before, self.now = self.now, {}
        for one in self._directions.values():
            one.missing.clear()

    def undo_reset(self) -> None:
        """Count on from before the last reset."""
        now, self._before = dict(self._before), {}
        for key, times in self.now.items():
            count_in(now, key, times, MOST_COUNTED)
        self.now = now

    def _take(self, name: tuple[Wire, str], entries: list[_Entry], now_ns: int) -> None:
        known = self._directions.get(name)
        start = known.after if known is not None else entries[0].tsn
        entries.sort(key=lambda entry: ahead(entry.tsn, start))
        if known is None:
            if len(self._directions) >= MOST_DIRECTIONS:
                del self._directions[next(iter(self._directions))]
            first = entries[0]
            known = self._directions[name] = _Direction(first.association, first.tsn, first.at_ns)
        for entry in entries:
            known.association = entry.association
            known.take(entry, now_ns)
        if known.missing:
            self._missing[name] = None
