"""Kinds of registration: what they are called, and which kind of two recordings is compared.

A periodic registration takes a fifth of an initial one: kinds are never mixed, each is compared with its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

UNTOLD = "registration"
"""The kind of those of which none was recorded, by an older version."""

Counts = Mapping[str, int]
"""How many of each kind ended in a recording."""


class Words(NamedTuple):
    """``full``: "initial registrations", ``many``: "registrations", ``one``: "a registration"."""

    full: str
    many: str
    one: str


def words(kind: str) -> Words:
    """What those of a kind are called.

    >>> words("periodic").full, words("emergency attach").full, words("tracking area update").one, words(UNTOLD).full
    ('periodic registrations', 'emergency attaches', 'an update', 'registrations')
    """
    if kind.endswith("attach"):
        return Words(f"{kind}es", "attaches", "an attach")
    if kind.endswith("update"):
        return Words(f"{kind}s", "updates", "an update")
    return Words(
        f"{kind} registrations" if kind != UNTOLD else "registrations", "registrations", "a registration"
    )


def compared(counts: Sequence[Counts]) -> list[tuple[str, str]]:
    """Of the baseline and each other recording the kinds that are compared: the most frequent one that all have.

    A kind is as frequent as the one has it that has fewest. Where all have none in common, each pair has its own.
    """
    having = [one for one in counts if one]
    if kind := _most_frequent_in(having):
        return [(kind if counts[0] else "", kind if other else "") for other in counts[1:]]
    return [_pair(counts[0], other) for other in counts[1:]]


def _pair(base: Counts, other: Counts) -> tuple[str, str]:
    """Untold ones are compared with another kind only where either side has one kind alone; ("", "") where nothing is
    in common."""
    kind = _most_frequent_in([base, other])
    if kind or not base or not other:
        return kind or most_frequent(base), kind or most_frequent(other)
    first, second = most_frequent(base), most_frequent(other)
    return (first, second) if len(base) == len(other) == 1 and UNTOLD in (first, second) else ("", "")


def _most_frequent_in(counts: Sequence[Counts]) -> str:
    """Of the kinds that all of these have; "" without one."""
    common = sorted(set(counts[0]).intersection(*counts[1:])) if counts else []
    of = {kind: [one[kind] for one in counts] for kind in common}
    return max(common, key=lambda kind: (min(of[kind]), sum(of[kind])), default="")


def most_frequent(counts: Counts) -> str:
    """The kind of which there are most, "" where there is none."""
    return max(sorted(counts), key=lambda kind: counts[kind], default="")


def known(kinds: Sequence[str]) -> str:
    """What is compared, as those call it that tell kinds; "" where nothing is."""
    return max(kinds, key=lambda kind: (kind not in ("", UNTOLD), kind), default="")


def shown(counts: Sequence[Counts], pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """For each recording the kind that stands beside those of the others, "" where it has none of that.

    ``pairs``: what is compared of the baseline and of each other one. One kind for all: that of most pairs, and of
    these the most frequent one.
    """
    votes = Counter(kind for kinds in pairs for kind in set(kinds) if kind)
    total = sum((Counter(one) for one in counts), Counter[str]())
    chosen = max(sorted(total), key=lambda kind: (votes[kind], total[kind]), default="")
    # What it is compared with where one of the two tells no kinds.
    twins = {one for kinds in pairs if chosen in kinds for one in kinds if one not in ("", chosen)}
    twin = max(sorted(twins), key=lambda kind: total[kind], default="")
    return tuple(chosen if chosen in one else twin if one.keys() == {twin} else "" for one in counts)


def listed(counts: Counts) -> str:
    """Counts in words, the most frequent first.

    >>> listed({"periodic": 12, "initial": 40, UNTOLD: 3})
    '40 initial, 12 periodic, 3 of unknown kind'
    """
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {kind if kind != UNTOLD else 'of unknown kind'}" for kind, count in ordered)
