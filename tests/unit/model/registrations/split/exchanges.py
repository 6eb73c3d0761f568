"""Random exchanges between two ends of one host, on a path that delays, loses and sends again; whose time each instant
of them is, found by looking at every one.

All instants are whole milliseconds, so that each of them can be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from sctptop.model.event import Event
from sctptop.model.registrations.attempt import Registration
from tests.unit.model.registrations.flow_steps import CONTEXT, UP
from tests.unit.model.registrations.flows import START_NS, Said, event_of, wired
from tests.unit.registering import BOOT, INITIATING, MS, NETNS

STREAM_START = 100
"""The TSN before the first of either direction."""


@dataclass(frozen=True)
class Sent:
    """A message at both ends, in ms: from ``begin`` its sender waited for buffer, then it was handed over, sent, and
    sent again; it arrived, waited for its turn, and was read."""

    said: Said
    tsn: int
    begin: int
    handed: int
    done: int
    again: tuple[int, ...]
    arrived: int
    in_turn: int
    read: int

    def phase(self, at: int) -> str | None:
        """Whose it is at that instant; None while it is not on its way."""
        sent = max((ms for ms in self.again if ms <= self.arrived), default=self.done)
        ends = {
            "blocked": self.handed,
            "held": self.done,
            "lost": sent,
            "network": self.arrived,
            "order": self.in_turn,
            "unread": self.read,
        }
        return next((whose for whose, end in ends.items() if at < end), None) if at >= self.begin else None


@dataclass
class Path:
    """What may happen to messages: each with its chance, of 0 to 1, and for at most so many ms."""

    chances: dict[str, float] = field(
        default_factory=lambda: {
            "blocked": 0.2,
            "held": 0.4,
            "lost": 0.3,
            "unread": 0.4,
            "spurious": 0.2,
        }
    )
    most_ms: int = 40
    delay_ms: tuple[int, int] = (0, 9)


def exchange(steps: Sequence[Said], rng: Random, path: Path) -> list[Sent]:
    """The messages of one UE on one stream of either direction; each side acts on what it has read."""
    found: list[Sent] = []
    spoke, heard = {True: 0, False: 0}, {True: 0, False: 0}
    in_turn, read, sent = {True: 0, False: 0}, {True: 0, False: 0}, {True: 0, False: 0}
    tsns = {True: STREAM_START, False: STREAM_START}
    begins = set[int]()

    def some(what: str) -> int:
        return rng.randint(1, path.most_ms) if rng.random() < path.chances.get(what, 0) else 0

    for place, said in enumerate(steps):
        up = said.up
        ready = spoke[up] if place and steps[place - 1].up == up else max(heard[up], spoke[up])
        begin = ready + rng.randint(0, 12)
        while begin in begins:  # Which entered first is not left open.
            begin += 1
        begins.add(begin)
        handed = begin + some("blocked")
        done = sent[up] = max(handed + some("held"), sent[up])
        again: list[int] = []
        while len(again) < 3 and (more := some("lost")):
            again.append((again or [done])[-1] + more)
        arrived = (again or [done])[-1] + rng.randint(*path.delay_ms)
        if late := some("spurious"):
            again.append(arrived + late)
        in_turn[up] = max(arrived, in_turn[up])
        read[up] = max(in_turn[up] + some("unread"), read[up])
        spoke[up], heard[not up] = handed, read[up]
        tsns[up] += 1
        found.append(Sent(said, tsns[up], begin, handed, done, tuple(again), arrived, in_turn[up], read[up]))
    return found


def events_at(sent: Iterable[Sent], from_ran: bool) -> list[Event]:
    """What the probes tell at one end."""
    found = []
    for one in sent:
        event = event_of(one.said, from_ran, one.tsn)
        out = one.said.up == from_ran
        at, done = (one.handed, one.done) if out else (one.arrived, one.read)
        instants = {
            "at_ns": START_NS + at * MS,
            "wait_ns": (done - at) * MS,
            "blocked_ns": (one.handed - one.begin) * MS if out else 0,
            "order_ns": 0 if out else (one.in_turn - one.arrived) * MS,
        }
        found.append(replace(event, details={**event.details, **instants}))
        for ms in one.again if out else ():
            again = {"at_ns": START_NS + ms * MS, "tsn": one.tsn, "stream": 1, "ppid": 60}
            found.append(
                wired(Event(BOOT, "ngap_rtx", NETNS, 0, 0, 0, 0, details=again), one.said.on, from_ran)
            )
    return found


def whose_at(sent: Sequence[Sent], at: int) -> str:
    """The message on its way that entered first, else the side that is to act on the last that was read."""
    under_way = [one for one in sent if one.phase(at) is not None]
    if under_way:
        return min(under_way, key=lambda one: one.begin).phase(at) or ""
    through = [one for one in sent if one.read <= at and asks(sent, one) is not None]
    return (asks(sent, max(through, key=lambda one: (one.read, one.handed))) if through else None) or "core"


def asks(sent: Sequence[Sent], one: Sent) -> str | None:
    """Whom a message asks to act."""
    said = one.said
    if said.procedure != CONTEXT:
        return None if said.procedure not in (15, 4, UP) else "core" if said.up else "RAN"
    if said.pdu == INITIATING:
        return "RAN"
    later = [two.said.up for two in sent[sent.index(one) + 1 :] if two.said.procedure in (4, UP)]
    return "core" if later[:1] == [False] else "RAN"


def whose_of(registration: Registration) -> list[str]:
    """Whose each millisecond of it was."""
    found: list[str] = []
    for stage in registration.stages:
        assert stage.begin_ns == len(found) * MS and stage.length_ns % MS == 0
        found += [stage.whose] * (stage.length_ns // MS)
    return found
