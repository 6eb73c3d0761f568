"""The way of each path, looked up when something about it is new, and now and then.

It is asked what SCTP asks (sctp_v4_get_dst, sctp_v6_get_dst): the destination, the bound address where there is only
one, the interface where a socket is bound to one or the address needs it. Not the firewall mark: SCTP routes without.

A path costs nothing while nothing about it changes. Paths that ask alike share one answer, and all that leave by one
interface share the look at it. A reading makes a limited number of lookups; what has to wait keeps its last answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress

from sctptop.kernel.ways.questions import Entry, PathQuestion, Question, Signs
from sctptop.kernel.ways.route_lookup import Link, Route, RouteLookup, load
from sctptop.model.source_state import OK, Kind, SourceState
from sctptop.model.way import Way
from sctptop.terminal_text import printable

REFRESH_S = 30.0
"""An answer is asked for again when it is older, and a namespace that failed is tried again."""
MOST_LOOKUPS, LEAST_LOOKUPS = 256, 8
"""Of one reading; from the second number on the time counts too."""
LOOKUPS_S = 0.04
MOST_SOURCES, MOST_DOWN = 8, 16
LOOPBACK = 1
"""The index of ``lo`` in every namespace: also what the kernel puts in the place of an interface that went."""
_COUNTERS = ("rx_dropped", "tx_dropped", "rx_errors", "tx_errors", "carrier_changes")


class Ways:
    """Answers for the paths of every reading. Owned by one thread; never raises."""

    def __init__(
        self,
        within: Callable[[int], AbstractContextManager[None]],
        opened: Callable[[], RouteLookup] = RouteLookup,
        now: Callable[[], float] = time.monotonic,
        load: Callable[[], None] = load,
    ) -> None:
        """``within`` puts the calling thread into a network namespace for a block; ``load`` prepares lookups."""
        self._within = within
        self._opened = opened
        self._now = now
        self._load = load
        self._loaded = False
        self._entries: dict[Question, Entry] = {}  # Those asked longest ago come first.
        self._links: dict[tuple[int, int], tuple[int, Link | None]] = {}
        self._sockets: dict[int, RouteLookup] = {}
        self._failed: dict[int, tuple[float, SourceState]] = {}
        self._missing: SourceState | None = None
        self._reading = 1
        self._changes = 0
        """Of interfaces, so far: an answer put together before the last may be old."""
        self._lookups = 0
        self._spent_s = 0.0

    @property
    def state(self) -> SourceState:
        """Why ways are not known, or not in one of the namespaces."""
        return self._missing or next((state for _, state in self._failed.values()), OK)

    def way(
        self,
        netns: int,
        local_addresses: Iterable[str],
        destination: str,
        signs: Signs,
        interface: int = 0,
    ) -> Way | None:
        """The way of one path in this reading; None while it is not known."""
        asked = self.question(netns, local_addresses, destination, signs, interface)
        return self.again(asked) if asked is not None else None

    def question(
        self, netns: int, local_addresses: Iterable[str], destination: str, signs: Signs, interface: int = 0
    ) -> PathQuestion | None:
        """What ``again`` takes, in this reading and in later ones; None where no answer can be right."""
        six = ":" in destination
        if six and not interface and destination.lower().startswith("fe80:"):
            # Every link has that network: without its interface the answer would be a guess.
            interface = signs.used
            if not interface:
                return None
        sources = tuple(address for address in local_addresses if (":" in address) == six)
        question = (netns, sources, destination, interface)
        return PathQuestion(question, signs, self._entry(question))

    def again(self, asked: PathQuestion) -> Way | None:
        """The way of one path in this reading."""
        if asked.entry.forgotten:
            asked.entry = self._entry(asked.question)
        entry, signs = asked.entry, asked.signs
        if entry.reading != self._reading:
            entry.reading = self._reading
            entry.before, entry.signs = entry.signs, {signs}
        else:
            entry.add(signs)
        # Others that changed alike in this reading have brought the answer already.
        if signs not in entry.before and entry.asked_in != self._reading:
            entry.due, entry.used = True, signs.used
        asked.reading = self._reading
        netns = asked.question[0]
        if entry.due and self._may_ask(netns):
            self._look_up(asked.question, entry)
        asked.way = self._composed(netns, entry)
        return asked.way

    def same(self, ways: Iterable[PathQuestion]) -> bool:
        """Ask all of them again: whether each has the answer that it had."""
        same, reading = True, self._reading
        for asked in ways:
            entry, before = asked.entry, asked.way
            if asked.reading != reading - 1 or entry.due or entry.composed_of != self._changes:
                same = self.again(asked) is before and same
                continue
            # Asked in the reading before: its signs are among those before, and the answer is at hand.
            asked.reading = reading
            if entry.reading == reading:
                if entry.signs is not entry.before:
                    entry.signs.add(asked.signs)
            else:
                entry.reading, entry.before = reading, entry.signs
                if len(entry.signs) > 1:
                    entry.signs = {asked.signs}
            if entry.way is not before:
                asked.way, same = entry.way, False
        return same

    def _entry(self, question: Question) -> Entry:
        entry = self._entries.get(question)
        if entry is None:
            entry = self._entries[question] = Entry()
        return entry

    def end_reading(self) -> None:
        """Ask again what is old, as far as this reading may; forget what no path asked for, and close all sockets."""
        gone = [question for question, entry in self._entries.items() if entry.reading != self._reading]
        for question in gone:
            self._entries.pop(question).forgotten = True
        if gone:
            used = {(question[0], entry.interface) for question, entry in self._entries.items()}
            self._links = {place: held for place, held in self._links.items() if place in used}
            namespaces = {question[0] for question in self._entries}
            self._failed = {netns: held for netns, held in self._failed.items() if netns in namespaces}
        self._ask_again()
        self._look_at_down()
        for lookup in self._sockets.values():
            lookup.close()
        self._sockets = {}
        self._reading += 1
        self._lookups, self._spent_s = 0, 0.0

    def _ask_again(self) -> None:
        old_s = self._now() - REFRESH_S
        old: list[tuple[Question, Entry]] = []
        for question, entry in self._entries.items():
            if entry.asked_s > old_s or len(old) >= MOST_LOOKUPS:
                break
            old.append((question, entry))
        for question, entry in old:
            if self._may_ask(question[0]):
                self._look_up(question, entry)

    def _look_at_down(self) -> None:
        """Interfaces without a carrier, those seen longest ago first: it may have been told of late, or come back."""
        down = (
            (reading, place)
            for place, (reading, link) in self._links.items()
            if reading != self._reading and link is not None and not link.up
        )
        for _, (netns, index) in sorted(down)[:MOST_DOWN]:
            if not self._may_ask(netns):
                continue
            before = self._changes
            with suppress(Exception):
                # Why it fails is told by the next lookup.
                self._link(netns, index)
            if self._changes != before:
                for question, entry in self._entries.items():
                    entry.due |= question[0] == netns and entry.interface == index

    def _may_ask(self, netns: int) -> bool:
        if self._missing is not None or (
            self._lookups >= LEAST_LOOKUPS and (self._lookups >= MOST_LOOKUPS or self._spent_s >= LOOKUPS_S)
        ):
            return False
        return netns not in self._failed or self._now() >= self._failed[netns][0]

    def _look_up(self, question: Question, entry: Entry) -> None:
        if not self._is_loaded():
            return
        netns = question[0]
        begun = self._now()
        entry.composed_of, entry.due, entry.asked_in, entry.asked_s = -1, False, self._reading, begun
        self._entries[question] = self._entries.pop(question)
        try:
            entry.route = self._route(question, entry.used)
            entry.interface = entry.route.interface or entry.interface
            if entry.interface:
                self._link(netns, entry.interface)
            self._failed.pop(netns, None)
        except Exception as error:
            # Whatever a namespace, the kernel or pyroute2 does: a way is not worth a reading.
            why = error.strerror if isinstance(error, OSError) else None
            state = SourceState(Kind.ERROR, why or _told(error))
            self._failed[netns] = begun + REFRESH_S, state
            entry.route = None
        self._lookups += 1
        self._spent_s += self._now() - begun

    def _is_loaded(self) -> bool:
        if not self._loaded:
            self._loaded = True
            try:
                self._load()
            except ImportError:
                self._missing = SourceState(Kind.OFF, "pyroute2 is not installed", "install sctptop anew")
            except Exception as error:
                self._missing = SourceState(Kind.OFF, f"pyroute2 cannot be loaded: {_told(error)}")
        return self._missing is None

    def _route(self, question: Question, used: int) -> Route:
        netns, sources, destination, interface = question
        lookup = self._socket(netns)
        if not interface and used > LOOPBACK:
            # A socket in a VRF whose own record is not known.
            link = self._link(netns, used)
            interface = link.vrf if link else 0
        if len(sources) == 1:
            return lookup.route(destination, sources[0], interface)
        route = lookup.route(destination, None, interface)
        if not sources or route.source in sources:
            return route
        # The address that routing prefers is none of ours: SCTP goes through its own.
        found = (lookup.route(destination, source, interface) for source in sources[:MOST_SOURCES])
        usable = [other for other in found if other.interface]
        return next((other for other in usable if other.interface == used), next(iter(usable), route))

    def _socket(self, netns: int) -> RouteLookup:
        if netns not in self._sockets:
            with self._within(netns):
                self._sockets[netns] = self._opened()
        return self._sockets[netns]

    def _link(self, netns: int, index: int) -> Link | None:
        """An interface, asked for once a reading."""
        reading, link = self._links.get((netns, index), (0, None))
        if reading != self._reading:
            fresh = self._socket(netns).link(index)
            if fresh != link:
                link = fresh
                self._changes += 1
            self._links[netns, index] = self._reading, link
        return link

    def _composed(self, netns: int, entry: Entry) -> Way | None:
        """The route and what is known last of its interface; the same object while neither changes."""
        if entry.composed_of == self._changes:
            return entry.way
        _, link = self._links.get((netns, entry.interface), (0, None))
        way = _way(entry.route, link) if entry.route is not None else None
        entry.way = entry.way if entry.way == way else way
        entry.composed_of = self._changes
        return entry.way


def _told(error: Exception) -> str:
    return printable(repr(error))[:80]


def _way(route: Route, link: Link | None) -> Way:
    about = {} if link is None else {name: link.counters.get(name) for name in _COUNTERS}
    return Way(
        route=route.kind,
        interface=link.name if link else None,
        gateway=route.gateway,
        source=route.source,
        mtu=route.mtu or (link.mtu if link and route.interface else None),
        link_up=link.up if link else None,
        **about,
    )
