"""A ratio of two figures with its intervals, and the answer that these give: one of three, never mixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sctptop.comparison.statistics.correction import holm

MARGIN = 0.05
"""The smallest difference that matters, where nothing else is said."""
LEVEL = 0.05
"""How often at most a difference, or that there is none, may be claimed wrongly."""
LEAST_N = 10
"""Fewer registrations show nothing."""
LEAST_RUNS = 3
"""Fewer runs a side show nothing of the set-ups, for what differs from run to run is not seen."""

UNSURE, TOO_FEW, SAME, SLOWER, FASTER = "cannot tell", "too few", "same", "slower", "faster"

Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure of a side over that of the baseline.

    ``n`` values and ``runs`` of the baseline and of the other. ``low``, ``high``: the 95 % interval; ``inner``: the
    90 % one, which two one-sided tests at 5 % compare with the margin. ``p``: of the test for a difference, with
    ``adjusted`` what it comes to among the rows of its table. ``spread``: standard deviations of the logarithm from
    run to run, of either side; None within runs.
    """

    n: tuple[int, int]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    inner: tuple[float, float] | None = None
    p: float | None = None
    adjusted: float | None = None
    runs: tuple[int, int] = (1, 1)
    spread: tuple[float, float] | None = None
    margin: float = MARGIN

    @property
    def word(self) -> str:
        """The answer on the other side, its values being times: SLOWER or FASTER, SAME, or else UNSURE (TOO_FEW)."""
        if min(self.n) < LEAST_N:
            return TOO_FEW
        p = self.p if self.adjusted is None else self.adjusted
        if self.value is None or p is None:
            return UNSURE
        if self.equivalent:
            return SAME
        if p < LEVEL and self.value != 1:
            return SLOWER if self.value > 1 else FASTER
        return UNSURE

    @property
    def differs(self) -> bool:
        """Whether there is a difference for certain."""
        return self.word in (SLOWER, FASTER)

    @property
    def equivalent(self) -> bool:
        """Whether two one-sided tests at 5 % say that no difference beyond the margin is there."""
        if self.inner is None:
            return False
        return 1 / (1 + self.margin) < self.inner[0] and self.inner[1] < 1 + self.margin

    @property
    def across(self) -> bool:
        """Whether it is of the set-ups, with the run as the unit; else of these very runs alone."""
        return self.spread is not None


def corrected(family: Mapping[Name, Ratio]) -> dict[Name, Ratio]:
    """The rows of one table, their p values adjusted for how many are tested, after Holm."""
    tested = [name for name, one in family.items() if one.p is not None]
    adjusted = dict(zip(tested, holm([family[name].p or 0.0 for name in tested]), strict=True))
    return {name: replace(one, adjusted=adjusted.get(name)) for name, one in family.items()}


def smallest_p(ratios: Iterable[Ratio]) -> float | None:
    """Of those that were tested."""
    return min((one.p for one in ratios if one.p is not None), default=None)
