"""How many messages of NGAP and S1AP no probe saw, by the TSNs missing between those seen.

A kprobe is skipped while another runs on the same processor (see ``missed``), so a message may have no event though no
event was lost. Each DATA chunk takes the next TSN of its direction (RFC 9260 section 3.3.1), control chunks and
retransmissions take none, and an event carries the TSN of its message's first chunk. So a TSN without an event, between
two with one, is of a message unseen, unless it may be something else:

- On the ports of NGAP and S1AP no other data goes (TS 38.412 and TS 36.412, section 7). On other ports none is counted.
- Behind a message of several chunks a gap may be the rest of it, and is not counted. Where a direction carried such a
  message, TSNs in a row count as one message. Elsewhere a message unseen counts once for each of its chunks.
- What the network delays is read after what came later, so an inbound gap counts only once it stayed for some time.
- Before the first event, and where events were lost, samples are missing, or the probes are off, nothing is known:
  counting starts again there. What a full buffer or the limit of the rate took is counted as lost, not here.

So the count is a lower bound, but for two rarities: what the peer abandoned (RFC 3758), and the chunks of long messages
that I-DATA (RFC 8260, off by default) mixes. Counters of the association, ``in_data_chunks`` and ``out_data_chunks``,
count the same chunks as TSNs do, but as of another instant than the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from sctptop.model.associations.identity import Key
from sctptop.model.event import Event
from sctptop.model.ngap.dialect import CORE_PORTS
from sctptop.model.ngap.message import Wire, wire_of

PATIENCE_NS = {"out": 1_000_000_000, "in": 10_000_000_000}
"""How long a TSN may be missing. Ours come as they are assigned, one CPU after the other; the peer's may be sent
again, at the third time 7 s later (RTO.Min 1 s, doubled)."""
MOST_GAP = 1000
"""TSNs. No probe is skipped so often in a row: something else happened."""
MOST_DIRECTIONS = 4096
MOST_COUNTED = 2048
TSNS = 1 << 32


@dataclass(slots=True)
class _Direction:
    """``after``: the TSN behind the highest seen. ``unfinished``: more chunks of that message follow.
    ``missing``: TSNs without an event yet, and when that was noticed, in that order."""

    association: Key
    after: int
    unfinished: bool = False
    fragments: bool = False
    missing: dict[int, int] = field(default_factory=dict)

    def take(self, tsn: int, fragment: bool, now_ns: int) -> None:
        self.fragments = self.fragments or fragment
        ahead = _ahead(tsn, self.after)
        if ahead < 0:
            self.missing.pop(tsn, None)
            rest = (tsn + 1) % TSNS
            while fragment and self.missing.pop(rest, None) is not None:
                rest = (rest + 1) % TSNS
            return
        if ahead <= MOST_GAP and not self.unfinished:
            self.missing |= {(self.after + place) % TSNS: now_ns for place in range(ahead)}
        self.after, self.unfinished = (tsn + 1) % TSNS, fragment

    def settle(self, before_ns: int) -> int:
        """How many messages will not be seen any more: their gaps were noticed by then."""
        due = list(takewhile(lambda tsn: self.missing[tsn] <= before_ns, self.missing))
        count = sum((tsn - 1) % TSNS not in self.missing for tsn in due) if self.fragments else len(due)
        for tsn in due:
            del self.missing[tsn]
        return count


class UnseenMessages:
    """Takes the ``ngap`` events of each sample. ``now``: messages unseen since the reset by association, None: all."""

    def __init__(self) -> None:
        self.now: Mapping[Key | None, int] = {}
        self._directions: dict[tuple[Wire, str], _Direction] = {}

    def advance(self, events: Iterable[tuple[Key, Event]], now_ns: int) -> None:
        """Update with the events of a sample and the keys of their associations; ``now_ns`` is the clock of events."""
        fresh: dict[tuple[Wire, str], list[tuple[Key, int, bool]]] = {}
        for key, event in events:
            tsn, direction = event.details.get("tsn"), event.text("direction")
            if type(tsn) is int and direction in PATIENCE_NS and _alone(event):
                entry = (key, tsn % TSNS, bool(event.details.get("fragment")))
                fresh.setdefault((wire_of(event), direction), []).append(entry)
        for place, entries in fresh.items():
            self._take(place, entries, now_ns)
        now = dict(self.now)
        for (_, direction), one in self._directions.items():
            count = one.settle(now_ns - PATIENCE_NS[direction]) if one.missing else 0
            names: tuple[Key | None, ...] = (None, one.association) if count else ()
            for name in names:
                if name in now or len(now) < MOST_COUNTED:
                    now[name] = now.get(name, 0) + count
        self.now = now

    def begin_anew(self) -> None:
        """Between what was seen and what will be, anything may have gone by."""
        self._directions.clear()

    def reset(self) -> None:
        """Count anew, from here on."""
        self.now = {}
        for one in self._directions.values():
            one.missing.clear()

    def _take(self, name: tuple[Wire, str], entries: list[tuple[Key, int, bool]], now_ns: int) -> None:
        known = self._directions.get(name)
        start = known.after if known is not None else entries[0][1]
        entries.sort(key=lambda entry: _ahead(entry[1], start))
        if known is None:
            if len(self._directions) >= MOST_DIRECTIONS:
                del self._directions[next(iter(self._directions))]
            known = self._directions[name] = _Direction(entries[0][0], entries[0][1])
        for key, tsn, fragment in entries:
            known.association = key
            known.take(tsn, fragment, now_ns)


def _ahead(tsn: int, start: int) -> int:
    """How far a TSN lies behind another one, negative before it (serial numbers: RFC 9260 section 1.6)."""
    return (tsn - start + TSNS // 2) % TSNS - TSNS // 2


def _alone(event: Event) -> bool:
    """Whether nothing but NGAP or S1AP goes on its association."""
    return bool({event.local_port, event.remote_port} & {*CORE_PORTS})
