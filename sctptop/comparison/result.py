"""What a comparison comes to: each side's figures, and each pair's ratios, pieces and stages. Frozen facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sctptop.comparison.breakdown import Piece
from sctptop.comparison.kinds import known
from sctptop.comparison.load import Load
from sctptop.comparison.remarks import Setting
from sctptop.comparison.sides.ratios import across
from sctptop.comparison.sides.success import Success
from sctptop.comparison.statistics.ratio import MARGIN, Ratio
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary


@dataclass(frozen=True, slots=True)
class StageChange:
    """One stage of registrations: its mean time, spread over all that were completed, in ms."""

    whose: str
    name: str
    base_ms: float
    other_ms: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One side against the baseline; both are numbers of the list. ``ends``: where each was seen from, ``kinds`` of
    registration that are compared, "" without any, ``seen`` these registrations.

    ``ratios``: of FIGURES of the total, of the means of COMPARED_PARTS, and of "heartbeat". The core's (the RAN's)
    contains the network where either side does not tell that; ``others``: FURTHER_FIGURES of further kinds of
    registration that both have. Each table's are corrected for how many rows it has, of all pairs. ``pieces`` are empty
    where registrations cannot be compared. ``typical``: they are of the middle half alone, since a few slow
    registrations would turn the means round. ``procedures``: of the medians, by name and whether we asked.
    """

    base: int
    other: int
    ends: tuple[str, str]
    kinds: tuple[str, str]
    seen: tuple[Ended, Ended]
    ratios: Mapping[str, Ratio]
    others: Mapping[str, Mapping[str, Ratio]] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()
    stages: tuple[StageChange, ...] = ()
    procedures: Mapping[tuple[str, bool], Ratio] = field(default_factory=dict)
    typical: bool = False
    success: Success = field(default_factory=Success)

    @property
    def kind(self) -> str:
        """What is compared, as the side calls it that tells kinds; "" where nothing is."""
        return known(self.kinds)

    @property
    def comparable(self) -> bool:
        """Whether both hold registrations of the kind, seen from the same end."""
        return bool(self.ends[0]) and self.ends[0] == self.ends[1] and min(one.n for one in self.seen) > 0

    @property
    def across(self) -> bool:
        """Whether there are runs enough to speak of set-ups, and not of these runs alone."""
        return across(*self.seen)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it. By side: ``ends``, the end its registrations are seen from, "" without any, and ``seen``, those
    of the ``kind`` that most have. ``further`` are the other kinds in any of them, the most frequent first.
    ``margin``: the smallest difference that matters."""

    summaries: tuple[Summary, ...]
    ends: tuple[str, ...]
    kind: str
    seen: tuple[Ended, ...]
    further: tuple[str, ...]
    settings: tuple[Setting, ...]
    caveats: tuple[str, ...]
    pairs: tuple[Pair, ...]
    margin: float = MARGIN
    loads: tuple[Load, ...] = ()

    def comparable(self, pair: Pair) -> bool:
        """Whether the ratios of a pair are of what is seen here."""
        return pair.comparable and all(
            (one.kind, one.apart, one.whole) == (there.kind, there.apart, there.whole)
            for one, there in zip(pair.seen, (self.seen[pair.base], self.seen[pair.other]), strict=True)
        )
