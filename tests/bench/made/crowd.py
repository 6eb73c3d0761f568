"""A host of thousands of associations that move as those of the demo recording do, a part of them each second.

What an association does from one second to the next is what one of the demo did: its counters gain as much, its
windows and distributions are those. Addresses, ports, tags and processes are its own, and so is the second at which it
begins. Who does not move in a second is the same object as before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from sctptop.cli import DEMO
from sctptop.model.association import Association, Path
from sctptop.model.attributes import COUNTER, named
from sctptop.model.event import Event
from sctptop.model.sample import Sample
from sctptop.recording.reader import Recording

COUNTERS = named(Association, COUNTER)


@dataclass(slots=True)
class _Member:
    """One of the crowd: which of the demo it is like, how far it is, and what makes it itself."""

    like: Sequence[Association]
    at: int
    itself: dict[str, object]
    gained: dict[str, int]
    now: Association
    laps: int = 0


def crowd(associations: int, part: float = 0.2, *, events: bool = False, seed: int = 17) -> Iterator[Sample]:
    """Samples without end, a second apart; ``part`` of the associations move in each, those that do change by chance.

    ``events``: with those that the demo had of who moves.
    """
    recording = Recording(DEMO)
    played = [sample for _, sample in recording.samples(len(recording) // 4, len(recording))]
    recording.close()
    dice = random.Random(seed)
    lives, told = _lives(played), _told(played)
    crowded = [_member(number, lives[number % len(lives)], dice) for number in range(associations)]
    for second in count():
        happened: list[Event] = []
        for member in dice.sample(crowded, round(part * associations)) if second else ():
            _move(member)
            if events:
                happened += (
                    replace(event, own_tag=member.now.own_tag or 0, assoc_id=member.now.assoc_id)
                    for event in told.get((member.like[member.at].own_tag, member.at), ())
                )
        pattern = played[second % len(played)]
        time = played[0].time + timedelta(seconds=second)
        yield replace(
            pattern,
            time=time,
            interval_s=1.0 if second else None,
            associations=tuple(member.now for member in crowded),
            events=tuple(replace(event, time=time) for event in happened),
        )


def _lives(played: Sequence[Sample]) -> list[list[Association]]:
    """What each association of the demo was in each sample, of those that were there in all."""
    found: dict[int | None, list[Association]] = {}
    for sample in played:
        for one in sample.associations:
            found.setdefault(one.own_tag, []).append(one)
    return [life for life in found.values() if len(life) == len(played)]


def _told(played: Sequence[Sample]) -> dict[tuple[int | None, int], list[Event]]:
    found: dict[tuple[int | None, int], list[Event]] = {}
    for at, sample in enumerate(played):
        for event in sample.events:
            found.setdefault((event.own_tag, at), []).append(event)
    return found


def _member(number: int, life: Sequence[Association], dice: random.Random) -> _Member:
    at = dice.randrange(len(life))
    remote = tuple(
        f"10.{64 + place}.{number // 250}.{number % 250 + 1}" for place in range(len(life[0].paths))
    )
    itself: dict[str, object] = {
        "assoc_id": number + 1,
        "own_tag": dice.getrandbits(32),
        "peer_tag": dice.getrandbits(32),
        "local_port": 38412 if number % 2 else dice.randrange(32768, 61000),
        "remote_port": dice.randrange(32768, 61000),
        "remote_addresses": remote,
        "primary": remote[0] if remote else None,
        "inode": 9000 + number,
    }
    gained = {name: dice.randrange(1 << 20) for name in COUNTERS if getattr(life[0], name) is not None}
    member = _Member(life, at, itself, gained, life[at])
    member.now = _now(member)
    return member


def _move(member: _Member) -> None:
    member.at += 1
    if member.at == len(member.like):
        member.at = 0
        for name in member.gained:
            member.gained[name] += (getattr(member.like[-1], name) or 0) - (
                getattr(member.like[0], name) or 0
            )
    member.now = _now(member)


def _now(member: _Member) -> Association:
    like = member.like[member.at]
    addresses = member.itself["remote_addresses"]
    assert isinstance(addresses, tuple)
    paths: tuple[Path, ...] = tuple(
        replace(path, address=address) for path, address in zip(like.paths, addresses, strict=False)
    )
    counted = {
        name: value + gained
        for name, gained in member.gained.items()
        if (value := getattr(like, name)) is not None
    }
    own: dict[str, object] = {**member.itself, **counted, "paths": paths}
    return replace(like, **own)  # type: ignore[arg-type]
