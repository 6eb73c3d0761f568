"""The load that each side was under: what differs by more than a fifth makes a comparison one of loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, hypot
from typing import Any

from sctptop.comparison.kinds import words
from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.quantity import short

APART = 1.2
"""Loads that differ by more are not the same."""
MIXED = 1.5
"""Runs of one load differ by less, by chance."""
FEW, TWICE = 100, 2.0
"""Registrations below which a rate must differ by more than twice what chance makes of their number (Poisson)."""
LEAST_MORE = 2.0
"""Registrations under way, or begun within a second: one more at the worst moment is chance."""


@dataclass(frozen=True, slots=True)
class Load:
    """One measure of the load of each side, in their order; None where it is not known. ``least``: by how much more.

    ``longest``: by which times of each side it grows by itself, () for none: where registrations take longer, more of
    them are under way, however few begin. ``counts``: of how many registrations a rate was made, () for no rate.
    """

    title: str
    values: tuple[float | None, ...]
    least: float = 0.0
    longest: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    def between(self, base: int, other: int) -> bool:
        """Whether these two lie apart by more than a fifth, by ``least``, and by more than times explain."""
        first, second = self.values[base], self.values[other]
        if first is None or second is None:
            return False
        low, high = sorted((first, second))
        apart = APART
        if self.longest:
            less, more = sorted((base, other), key=lambda place: self.values[place] or 0.0)
            apart *= max(self.longest[more] / self.longest[less], 1.0) if self.longest[less] else 1.0
        if self.counts and min(counts := (self.counts[base], self.counts[other])) < FEW:
            apart = max(apart, exp(TWICE * hypot(*(count**-0.5 for count in counts if count))))
        return high > apart * low and high - low >= self.least

    def more(self, base: int, other: int) -> int:
        """Which of these two has more of it."""
        return max(base, other, key=lambda place: self.values[place] or 0.0)

    def told(self, names: Sequence[str]) -> str:
        """Of each side, in words: "registrations begun per second: a 3.4, b 12"."""
        values = ("–" if value is None else short(value) for value in self.values)
        return (
            f"{self.title}: {', '.join(f'{name} {value}' for name, value in zip(names, values, strict=True))}"
        )


def loads_of(summaries: Sequence[Summary], seen: Sequence[Ended]) -> tuple[Load, ...]:
    """Of each side: the rate at which they begin, UEs at once, and radio nodes; of several runs the mean, the most, and
    the most."""
    many = words(next((one.kind for one in seen if one.n), "")).many if any(one.n for one in seen) else ""
    longest = tuple(max(one.times["total"], default=0.0) for one in seen)

    def of(title: str, get: Callable[[Ended], float | None], **more: Any) -> Load:
        return Load(f"{many} {title}", tuple(get(one) if one.n else None for one in seen), **more)

    return (
        of("begun per second", _tried, counts=tuple(one.decided + one.unknown for one in seen)),
        of("begun within a second, at most", lambda one: float(one.peak), least=LEAST_MORE),
        of("under way at once, at most", lambda one: float(one.at_once), least=LEAST_MORE, longest=longest),
        Load("radio nodes (associations)", tuple(_nodes(one) for one in summaries)),
    )


def mixed(name: str, seen: Ended) -> Iterator[str]:
    """That the runs of a side are not of one load, so that what differs between them is no chance; else nothing."""
    tried = [rate for one in seen.runs if (rate := _tried(one)) is not None]
    if tried and max(tried) > MIXED * min(tried):
        many = words(seen.kind).many
        yield (
            f"The runs of {name} are of different loads ({short(min(tried))} to {short(max(tried))} {many} begun per "
            "second), and that is their spread: compare runs of one load, or read the time by load."
        )


def _tried(one: Ended) -> float | None:
    """Per second, failed ones too: a core that rejects many is under the same load."""
    if one.offered is not None or one.rate is None:
        return one.offered
    return one.rate * (one.decided + one.unknown) / one.n


def _nodes(one: Summary) -> float | None:
    """As many as there are associations at the end that has more of them."""
    counts = [end.associations for role, end in one.ends.items() if role in RADIO or role in PEERS]
    return float(max(counts)) if counts else None
