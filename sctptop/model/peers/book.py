"""Follows peers by the beginnings and ends of associations, as probes tell them.

An association is known by its tags from its first event, or the first time that it is read, to its last. MOST peers are
kept: the one that was met least recently gives way.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sctptop.model.association import OPENING, Association, Process
from sctptop.model.associations.both_ends import Socket
from sctptop.model.associations.events.why_ended import RESTARTED, WhyEnded, end_of
from sctptop.model.event import Event
from sctptop.model.ngap.dialect import NGAP, S1AP
from sctptop.model.peers.met import Met
from sctptop.model.peers.peer import Peer, PeerKey

MOST, MOST_ALIVE = 4096, 20_000
HOUR_S = 3600.0
BRIEF_S = 30.0
"""Whoever aborts an association sooner did not want it."""
SET_UPS = (NGAP.setup, S1AP.setup)
ABORTS = (
    "abort_received",
    "abort_by_application",
    "closed_unread",
    "linger",
    "violation",
    "no_user_data",
    "abort_sent",
)

_Tag = tuple[int, int, int, int]


@dataclass(slots=True)
class _Alive:
    key: PeerKey
    up_s: float | None
    process: Process | None = None
    """Who holds its socket, once that was read."""


class Peers:
    """`advance` with each sample; what it returns is never altered later."""

    def __init__(self) -> None:
        self._met: OrderedDict[PeerKey, Met] = OrderedDict()
        self._alive: OrderedDict[_Tag, _Alive] = OrderedDict()
        self._before_s = 0.0
        self._up: Counter[PeerKey] = Counter()
        self._missing: dict[_Tag, str] = {}
        self._changed: set[PeerKey] = set()
        self._told: dict[PeerKey, Peer] = {}
        self._before: Mapping[PeerKey, Met] = {}
        """Those met before the last reset."""
        self.now: Mapping[PeerKey, Peer] = {}
        self.begun: list[PeerKey] = []
        """Of the associations that began in the last sample, once each."""

    def advance(
        self,
        events: Iterable[Event],
        born: Iterable[Association],
        gone: Collection[tuple[Association, str]],
        listening: Collection[Socket],
        now_s: float,
        time: datetime,
    ) -> Mapping[PeerKey, Peer]:
        """Update with what happened; all peers.

        ``born`` were read for the first time, ``gone`` not any more, each with why as far as it shows; ``listening``
        tells of one without any event who called. ``time`` is that of the sample, ``now_s`` the same on its clock.
        """
        self.begun = []
        for entry, _ in gone:
            self._held(entry)
        ended = set()
        for event in events:
            if event.kind not in ("ngap", "association") or (
                event.kind == "ngap" and event.details.get("procedure") not in SET_UPS
            ):
                continue
            at_s = now_s - (time - event.time).total_seconds()
            tag = self._take(event, min(max(at_s, self._before_s), now_s))
            if tag is not None:
                ended.add(tag)
        for tag, why in self._missing.items():
            self._ends(tag, None, why, now_s)
        self._missing = {}
        for entry, why in gone:
            if why == RESTARTED:
                self._ends(_tag(entry), None, why, now_s)
            elif _tag(entry) in self._alive:
                # Its event may come with the next sample, and tells more.
                self._missing[_tag(entry)] = why
        for entry in born:
            if _tag(entry) not in self._alive and _tag(entry) not in ended:
                self._seen(entry, listening, now_s)
            self._held(entry)
        self._forget(now_s)
        self._before_s = now_s
        return self.now

    def reset(self) -> None:
        """Begin anew; those that are up are still known."""
        self._before, self._met = self._met, OrderedDict()
        self._told.clear()
        self.now = {}

    def undo_reset(self) -> None:
        """Those met before the last reset, and what came since."""
        before, self._before = self._before, {}
        since, self._met = self._met, OrderedDict(before)
        for key, met in since.items():
            if key in before:
                met.follow(before[key])
            self._met[key] = met
            self._met.move_to_end(key)
        while len(self._met) > MOST:
            self._met.popitem(last=False)
        self._told = {key: met.frozen(self._up.get(key, 0)) for key, met in self._met.items()}
        self._changed.clear()
        self.now = dict(self._told)

    def _take(self, event: Event, now_s: float) -> _Tag | None:
        """Of a set-up, or of an association: then the tag of one that ended by it."""
        if event.kind == "ngap":
            self._set_up(event, now_s)
            return None
        tag = (event.netns, event.own_tag, event.local_port, event.remote_port)
        change = event.text("change")
        if change == "NEW":
            self._begins(event, tag, now_s)
        elif change == "UP":
            self._is_up(event, tag, now_s)
        elif change == "FREED":
            end = end_of(event)
            self._ends(tag, end, end.what if end is not None else "ended", now_s)
            return tag
        return None

    def _begins(self, event: Event, tag: _Tag, now_s: float) -> None:
        if not event.address:
            return
        calling = event.text("state") in OPENING
        key = (event.netns, event.address, event.remote_port if calling else event.local_port, calling)
        self._alive[tag] = alive = _Alive(key, None)
        while len(self._alive) > MOST_ALIVE:
            self._leave(self._alive.popitem(last=False)[1])
        met = self._meet(key, now_s)
        met.attempts += 1
        met.every_s = now_s - met.attempt_s if met.attempt_s is not None else 0.0
        met.attempt_s = now_s
        self.begun.append(key)
        if not calling:
            self._comes_up(met, alive, now_s)

    def _is_up(self, event: Event, tag: _Tag, now_s: float) -> None:
        alive = self._alive.get(tag)
        if alive is None or alive.up_s is not None:
            return
        met = self._meet(alive.key, now_s)
        met.handshake_ms = event.number("handshake_ms")
        met.longest_handshake_ms = max(met.longest_handshake_ms or 0.0, met.handshake_ms or 0.0) or None
        self._comes_up(met, alive, now_s)

    def _comes_up(self, met: Met, alive: _Alive, now_s: float) -> None:
        alive.up_s = now_s
        self._up[alive.key] += 1
        met.ups += 1
        met.comes_up(now_s)

    def _leave(self, alive: _Alive) -> int:
        """How many are up still with that peer."""
        left = self._up[alive.key] - (alive.up_s is not None)
        if left > 0:
            self._up[alive.key] = left
        else:
            del self._up[alive.key]
        return left

    def _seen(self, entry: Association, listening: Collection[Socket], now_s: float) -> None:
        """Of one that began before we looked, or whose event was lost."""
        address = entry.primary or next(iter(entry.remote_addresses), None)
        if entry.own_tag is None or address is None or entry.state in OPENING:
            return
        calling = (entry.netns, entry.local_port) not in listening
        key = (entry.netns, address, entry.remote_port if calling else entry.local_port, calling)
        self._alive[_tag(entry)] = _Alive(key, now_s - BRIEF_S)
        self._up[key] += 1
        if key in self._met:
            self._meet(key, now_s).comes_up(now_s)

    def _held(self, entry: Association) -> None:
        alive = self._alive.get(_tag(entry))
        if alive is not None and entry.process is not None:
            alive.process = entry.process

    def _ends(self, tag: _Tag, end: WhyEnded | None, why: str, now_s: float) -> None:
        alive = self._alive.pop(tag, None)
        if alive is None:
            return
        met, left = self._meet(alive.key, now_s), self._leave(alive)
        # Most attempts that fail are over before they can be read: the last that was tells whose they are.
        met.process = alive.process or met.process
        if alive.up_s is None:
            met.fails(why, now_s)
            return
        met.ends_one(why)
        broken = why == RESTARTED if end is None else not _hung_up(end, alive.key[3])
        brief = end is not None and end.reason in ABORTS and now_s - alive.up_s < BRIEF_S
        if left <= 0:
            met.goes_down(now_s, broken=broken, brief=brief)

    def _set_up(self, event: Event, now_s: float) -> None:
        alive = self._alive.get((event.netns, event.own_tag, event.local_port, event.remote_port))
        if alive is not None:
            self._meet(alive.key, now_s).sets_up(event, now_s)

    def _meet(self, key: PeerKey, now_s: float) -> Met:
        met = self._met.get(key)
        if met is None:
            met = self._met[key] = Met(key)
            if key in self._before:
                # Whose it is a reset does not begin anew.
                met.process = self._before[key].process
        self._met.move_to_end(key)
        met.last_at_s = now_s
        self._changed.add(key)
        return met

    def _forget(self, now_s: float) -> None:
        for key, met in self._met.items():
            while met.downs and now_s - met.downs[0].at_s > HOUR_S:
                met.downs.popleft()
                self._changed.add(key)
        if not self._changed:
            return
        for key in self._changed & self._met.keys():
            self._told[key] = self._met[key].frozen(self._up.get(key, 0))
        self._changed.clear()
        while len(self._met) > MOST:
            self._told.pop(self._met.popitem(last=False)[0], None)
        self.now = dict(self._told)


def _tag(entry: Association) -> _Tag:
    return (entry.netns, entry.own_tag or 0, entry.local_port, entry.remote_port)


def _hung_up(end: WhyEnded, calling: bool) -> bool:
    """Whether the side that called ended it in order: it wanted no more."""
    if calling:
        return end.reason in ("shutdown_here", "autoclose") and not end.signal
    return end.reason in ("shutdown_by_peer", "autoclose")
