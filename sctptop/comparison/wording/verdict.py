"""The result of a comparison in one paragraph: which is faster, how certain that is, and what made the difference."""

from __future__ import annotations

from dataclasses import dataclass

from sctptop.comparison.breakdown import Piece
from sctptop.comparison.kinds import UNTOLD, words
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.statistics.ratio import SAME, SLOWER, TOO_FEW
from sctptop.comparison.wording.causes import Cause, causes
from sctptop.comparison.wording.headline import (
    answer,
    different,
    enough,
    medians,
    of_few,
    of_less_load,
    of_loads,
    of_these_runs,
    same,
    unsure,
    value,
)
from sctptop.comparison.wording.incomparable import (
    other_ends,
    too_few,
    without_common_kind,
    without_registrations,
)
from sctptop.comparison.wording.parts import of_parts
from sctptop.comparison.wording.reasons import HALF, listed, of_settings, outliers, shares, tuned, where, why
from sctptop.comparison.wording.success import success_words
from sctptop.quantity import milliseconds

NOT_COMPARABLE, NO_REGISTRATIONS = "not comparable", "no registrations"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``result``: FASTER, SLOWER, SAME, UNSURE, TOO_FEW, NOT_COMPARABLE or NO_REGISTRATIONS, of the other side.

    ``by`` is the figure of STATISTICS that shows it, "" where none does. ``shares`` are the pieces that made the
    difference with their share of it. ``settings_explain``: settings make it, so cores are not what is compared. Of
    TOO_FEW ``by``, ``shares`` and ``causes`` say where to look, and claim nothing; of UNSURE ``causes`` are of a part
    that differs.
    """

    pair: Pair
    result: str
    text: str
    by: str = ""
    shares: tuple[tuple[Piece, float], ...] = ()
    causes: tuple[Cause, ...] = ()
    settings_explain: bool = False

    @property
    def about(self) -> str:
        """Which kind of registration it is about: "initial registrations"; "" where that is not told."""
        return words(self.pair.kind).full if self.pair.kind not in ("", UNTOLD) else ""


def verdict(comparison: Comparison, pair: Pair) -> Verdict:
    """On one side against the baseline: on the kind of registration of which both have most."""
    if told := without_common_kind(comparison, pair):
        return Verdict(pair, NOT_COMPARABLE, told)
    if min(one.n for one in pair.seen) == 0:
        return Verdict(pair, NO_REGISTRATIONS, without_registrations(comparison, pair))
    if not pair.comparable:
        return Verdict(pair, NOT_COMPARABLE, other_ends(comparison, pair))
    by, result = answer(pair)
    if result == TOO_FEW:
        return Verdict(pair, TOO_FEW, too_few(comparison, pair, medians(pair)))
    if by:
        return _different(comparison, pair, by, result)
    return _undecided(comparison, pair, result)


def ranking(comparison: Comparison) -> str:
    """Of three sides or more seen from one end: the fastest first, by the median; else ""."""
    if len(comparison.summaries) < 3 or not all(comparison.comparable(pair) for pair in comparison.pairs):
        return ""
    found = [
        (value(seen, "p50"), one.name)
        for seen, one in zip(comparison.seen, comparison.summaries, strict=True)
    ]
    told = [f"{name} {milliseconds(time)}" for time, name in sorted(found, key=lambda one: one[0])]
    of = f" of {words(comparison.kind).full}" if comparison.kind != UNTOLD else ""
    return f"Fastest first, by the median{of}: {', '.join(told)}."


def _undecided(comparison: Comparison, pair: Pair, result: str) -> Verdict:
    """No difference, or none that can be told."""
    parts = [] if result == SAME else [*of_parts(comparison, pair)]
    found = tuple(dict.fromkeys(cause for _, causes in parts for cause in causes))
    explained = {cause.setting for cause in found}
    differing = [one for one in tuned(comparison.settings, pair) if one.name not in explained]
    told = [
        *of_loads(comparison, pair),
        *(same(comparison, pair) if result == SAME else unsure(comparison, pair)),
        *(text for text, _ in parts),
        *success_words(comparison, pair),
        *([f"Yet settings differ: {listed(differing, comparison, pair)}."] if differing else []),
        *of_these_runs(pair),
    ]
    return Verdict(pair, result, " ".join(told), causes=found)


def _different(comparison: Comparison, pair: Pair, by: str, result: str) -> Verdict:
    slower_is_other = result == SLOWER
    slow, fast = (pair.other, pair.base) if slower_is_other else (pair.base, pair.other)
    parts = shares(pair, slower_is_other)
    found: list[Cause] = []
    by_settings = 0.0
    for piece, share in parts:
        reasons = list(causes(piece, slow, fast, comparison.summaries, comparison.settings, pair.ends[0]))
        by_settings += share if any(cause.setting for cause in reasons) else 0.0
        found += reasons
    found = list(dict.fromkeys(found))
    told = [
        *of_loads(comparison, pair, slow),
        different(comparison, pair, by, result) if enough(pair) else of_few(comparison, pair, by),
        *outliers(pair),
        *where(pair, parts),
        *why(comparison, pair, found, parts, slow),
        *of_settings(comparison, pair, found, by_settings, slow),
        *of_less_load(comparison, pair, slow),
        *success_words(comparison, pair),
        *of_these_runs(pair),
    ]
    return Verdict(
        pair,
        result if enough(pair) else TOO_FEW,
        " ".join(told),
        by,
        tuple(parts),
        tuple(found),
        by_settings >= HALF,
    )
