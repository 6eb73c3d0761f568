"""The state of the whole host in one sentence: what is there, what is wrong with it, how registrations fare. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.model.advice.alarms import Alarm
from sctptop.model.advice.brief import NOT_UP, Brief, brief_of
from sctptop.model.advice.given import Advice
from sctptop.model.advice.rules import RULES
from sctptop.model.association import OPENING
from sctptop.model.associations.identity import Key
from sctptop.model.registrations.summary import Registered
from sctptop.model.registrations.tally import Tally
from sctptop.model.snapshot import Snapshot
from sctptop.quantity import counted, milliseconds
from sctptop.tui.words.line import Line, cells, line

MOSTLY = 0.5
"""A side that took this share of the time of registrations is named."""
SIDES = {"sctp": "SCTP", "unread": "unread", "network": "network", "core": "core", "ran": "RAN"}
REGISTRATIONS = ("registrations", "reg.")
"""In full, and where there is no room for that."""
FORMS = ((3, 3), (3, 2), (2, 3), (2, 2), (1, 3), (1, 2), (2, 1), (1, 1), (0, 2), (0, 1), (0, 0))
"""How many kinds of trouble are named, and how much is told of registrations, in the order of preference."""

_PLACES = {rule: place for place, rule in enumerate(RULES)}


def host_state(snapshot: Snapshot, both_ends: bool, width: int) -> Line:
    """The sentence, with as much in it as fits; of troubles that are not named it says how many there are."""
    totals = snapshot.totals
    number = totals.distinct if both_ends else totals.associations
    head = line(
        " ",
        (counted(number, "association"), "strong"),
        f", {counted(totals.associations, 'end')}" if both_ends else "",
        f", {totals.established} up" if totals.established < totals.associations else "",
    )
    kinds = troubles(snapshot)
    fares = [registrations(snapshot.registrations, word) for word in REGISTRATIONS]
    forms = [(*head, *_named(kinds, named), *_joined(fare[:told])) for named, told in FORMS for fare in fares]
    return next((form for form in forms if cells(form) <= width), forms[-1])


def _named(kinds: Sequence[tuple[int, Brief, str]], most: int) -> Line:
    told = [line(", ", (kind.counted(count), style)) for count, kind, style in kinds[:most]]
    rest = sum(count for count, _, _ in kinds[most:])
    if rest:
        told.append(line(", ", (counted(rest, "trouble" if not told else "other trouble"), "warn")))
    return _joined(told)


def _joined(pieces: Iterable[Line]) -> Line:
    return tuple(span for piece in pieces for span in piece)


def troubles(snapshot: Snapshot) -> list[tuple[int, Brief, str]]:
    """How many there are of each kind of trouble, the kind and its style, the worst first."""
    found: dict[Brief, set[tuple[object, ...]]] = {}
    places: dict[Brief, tuple[bool, int]] = {}
    for one in snapshot.advice:
        if one.severity == "note":
            continue
        kind = kind_of(snapshot, one)
        found.setdefault(kind, set()).add((one.association, one.peer, one.address))
        place = (one.severity != "problem", _PLACES[one.rule])
        places[kind] = min(places.get(kind, place), place)
    told = sorted(found, key=lambda kind: places[kind])
    return [(len(found[kind]), kind, "warn" if places[kind][0] else "bad") for kind in told]


def association_of(snapshot: Snapshot, one: Advice | Alarm) -> Key | None:
    """That which it is on; of one on a peer the first that is here, one not up before others."""
    if one.association is not None or one.peer is None:
        return one.association
    here = [row for row in snapshot.rows if one.peer in snapshot.peer_keys(row)]
    here.sort(key=lambda row: (row.ended is not None, row.association.state == "ESTABLISHED"))
    return here[0].key if here else None


def kind_of(snapshot: Snapshot, one: Advice | Alarm) -> Brief:
    """What it is about; of peers that fail, whether they mostly refuse or do not answer."""
    if one.rule not in NOT_UP:
        return brief_of(one.rule)
    peer = snapshot.peers.get(one.peer) if one.peer is not None else None
    row = snapshot.row(one.association) if one.association is not None else None
    opening = row is not None and row.association.state in OPENING
    return brief_of(one.rule, opening=opening, why=peer.mostly if peer else "")


def registrations(registered: Registered, word: str) -> list[Line]:
    """How long they take, where that was measured; whose the time mostly is; how many failed. All is of one kind, the
    most frequent, which is named; ``word``: what they are called behind it.
    """
    tally = registered.leading(None)
    if tally is None or not tally.completed + tally.failed:
        return []
    median = tally.parts["total"].times.percentile(0.5)
    ended = tally.completed + tally.failed
    which = f"; {tally.kind} {word}" if tally.kind else f"; {word}"
    if median is None:
        return [line(which, (f" all {ended} failed", "bad"))]
    side = mostly(tally)
    return [
        line(f"{which} p50 ", (milliseconds(_rounded(median)), "strong")),
        line(f", mostly {side}" if side else ""),
        line((f", {tally.failed} of {ended} failed" if tally.failed else "", "warn")),
    ]


def mostly(tally: Tally) -> str | None:
    """The side that took most of the time of all completed, as it can be told apart from here; None for none."""
    sums = {name: tally.parts[name].sum_ns for name in SIDES}
    total = sum(sums.values())
    most = max(sums, key=lambda name: sums[name])
    if not total or sums[most] < MOSTLY * total:
        return None
    # The side that is not here has the network in its time, where that was not measured apart.
    apart = tally.parts["network"].times.n > 0 or most != ("core" if tally.from_ran else "ran")
    return SIDES[most] + ("" if apart else "+network")


def _rounded(ms: float) -> float:
    """To three figures: more say nothing of a median."""
    return round(ms, 1) if ms < 10 else float(round(ms))
