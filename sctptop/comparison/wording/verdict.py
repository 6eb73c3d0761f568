"""The result of a comparison in one paragraph: which is faster, how certain that is, and what made the difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sctptop.comparison.breakdown import OWN, Piece
from sctptop.comparison.compare import Comparison, Pair
from sctptop.comparison.kinds import UNTOLD, words
from sctptop.comparison.remarks import Setting
from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.significance import FASTER, SAME, SLOWER, SMALLEST, TOO_FEW
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.comparison.wording.causes import Cause, causes, setting_text, setting_title
from sctptop.comparison.wording.incomparable import (
    other_ends,
    too_few,
    without_common_kind,
    without_registrations,
)
from sctptop.comparison.wording.ratio_text import factor_text, times_text
from sctptop.comparison.wording.success import success_words
from sctptop.model.passages.passage import HELD, UNREAD
from sctptop.quantity import milliseconds

NOT_COMPARABLE, NO_REGISTRATIONS = "not comparable", "no registrations"
HALF = 0.5
LEAST_SHARE = 0.2
"""Of the difference: a part below it is not worth a word."""
MOST_PIECES = 2
STATISTICS = {"p50": "median", "mean": "mean", "p95": "95th percentile"}
TUNED = ("nodelay", "sack_delay_ms", "sack_frequency")
"""Settings that a comparison of cores must not differ in, whatever the times are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``result`` is FASTER, SLOWER, SAME, TOO_FEW, NOT_COMPARABLE or NO_REGISTRATIONS, of the other recording.

    ``by`` is the figure of STATISTICS that shows it, "" where none does. ``shares`` are the pieces that made the
    difference with their share of it. ``settings_explain``: settings make it, so cores are not what is compared.
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
    """On one recording against the baseline: on the kind of registration of which both have most."""
    if told := without_common_kind(comparison, pair):
        return Verdict(pair, NOT_COMPARABLE, told)
    if min(one.n for one in pair.seen) == 0:
        return Verdict(pair, NO_REGISTRATIONS, without_registrations(comparison, pair))
    if not pair.comparable:
        return Verdict(pair, NOT_COMPARABLE, other_ends(comparison, pair))
    by, result = _result(pair)
    if result == TOO_FEW:
        return Verdict(pair, TOO_FEW, too_few(comparison, pair, _medians(pair)))
    if result == SAME:
        return Verdict(pair, SAME, " ".join(_same(comparison, pair)))
    return _different(comparison, pair, by, result)


def _result(pair: Pair) -> tuple[str, str]:
    """The first figure that differs for certain; the median goes before all."""
    for name in STATISTICS:
        word = pair.ratios[name].word
        if word == TOO_FEW or word in (FASTER, SLOWER):
            return name, word
    return "", SAME


def ranking(comparison: Comparison) -> str:
    """Of three or more seen from one end: the fastest first, by the median; else ""."""
    if len(comparison.summaries) < 3 or not all(comparison.comparable(pair) for pair in comparison.pairs):
        return ""
    medians = [
        (_value(seen, "p50"), one.name)
        for seen, one in zip(comparison.seen, comparison.summaries, strict=True)
    ]
    told = [f"{name} {milliseconds(value)}" for value, name in sorted(medians, key=lambda one: one[0])]
    of = f" of {words(comparison.kind).full}" if comparison.kind != UNTOLD else ""
    return f"Fastest first, by the median{of}: {', '.join(told)}."


# No difference.


def _same(comparison: Comparison, pair: Pair) -> Iterable[str]:
    base, other = (comparison.summaries[one].name for one in (pair.base, pair.other))
    middle, mean, many = pair.ratios["p50"], pair.ratios["mean"], words(pair.kind).many
    yield (
        f"No difference between {base} and {other} that n = {middle.n[0]} and {middle.n[1]} {many} can show"
        f"{_medians(pair)}: neither the median, {times_text(middle)}, nor the mean, {times_text(mean)}, "
        f"nor the 95th percentile, {times_text(pair.ratios['p95'])}, differs by more than {SMALLEST:.0%} for certain."
    )
    unseen = max(middle.high or 1.0, 1 / (middle.low or 1.0)) - 1
    if unseen > 2 * SMALLEST:
        yield f"A difference of the median up to {unseen:.0%} would go unseen: more {many} narrow that down."
    yield from success_words(comparison, pair)
    tuned = _tuned(comparison.settings, pair)
    if tuned:
        yield f"Yet settings differ: {_listed(tuned, comparison, pair)}."


# A difference.


def _different(comparison: Comparison, pair: Pair, by: str, result: str) -> Verdict:
    slower_is_other = result == SLOWER
    slow, fast = (pair.other, pair.base) if slower_is_other else (pair.base, pair.other)
    shares = _shares(pair, slower_is_other)
    found: list[Cause] = []
    by_settings = 0.0
    for piece, share in shares:
        why = list(causes(piece, slow, fast, comparison.summaries, comparison.settings, pair.ends[0]))
        by_settings += share if any(cause.setting for cause in why) else 0.0
        found += why
    found = list(dict.fromkeys(found))
    words = [
        _headline(comparison, pair, by, result),
        *_outliers(pair),
        *_where(pair, shares),
        *_why(comparison, pair, found, shares),
        *_settings(comparison, pair, found, by_settings),
        *success_words(comparison, pair),
    ]
    return Verdict(pair, result, " ".join(words), by, tuple(shares), tuple(found), by_settings >= HALF)


def _headline(comparison: Comparison, pair: Pair, by: str, result: str) -> str:
    base, other = (comparison.summaries[one].name for one in (pair.base, pair.other))
    ratio = pair.ratios[by]
    values = [milliseconds(_value(seen, by)) for seen in pair.seen]
    text = (
        f"{other} is {result} than {base} by {factor_text(ratio)}: {words(pair.kind).one} takes {values[1]} "
        f"instead of {values[0]} ({STATISTICS[by]}, n = {ratio.n[1]} and {ratio.n[0]}, 95 % interval)."
    )
    if by == "p50":
        return text
    return f"In the median no difference is certain ({times_text(pair.ratios['p50'])}), but {text}"


def _outliers(pair: Pair) -> Iterable[str]:
    if pair.typical:
        base, other = (milliseconds(_value(seen, "mean")) for seen in pair.seen)
        many = words(pair.kind).many
        yield f"But the mean goes the other way, {other} instead of {base}: a few {many} are very slow."


def _share_text(share: float) -> str:
    return "nearly all" if share >= 0.95 else f"{share:.0%}"


def _where(pair: Pair, shares: Sequence[tuple[Piece, float]]) -> Iterable[str]:
    if not shares:
        return
    noun = words(pair.kind)
    told = [
        f"{_share_text(share)} of {'the difference' if place == 0 else 'it'} is {piece.title} "
        f"({milliseconds(max(piece.other_ms, 0))} {noun.one} instead of {milliseconds(max(piece.base_ms, 0))})"
        for place, (piece, share) in enumerate(shares)
    ]
    text = ", ".join(told) + (f" among the middle half of the {noun.many}" if pair.typical else "")
    first = shares[0][0]
    stages = [one for one in pair.stages if one.whose == first.kind]
    worst = max(stages, key=lambda one: abs(one.other_ms - one.base_ms), default=None)
    if worst is not None and abs(worst.other_ms - worst.base_ms) >= abs(first.delta_ms) / 2:
        text += f", above all {worst.name}"
    yield f"{text[0].upper()}{text[1:]}."


def _why(
    comparison: Comparison, pair: Pair, found: Sequence[Cause], shares: Sequence[tuple[Piece, float]]
) -> Iterable[str]:
    first = shares[0][0] if shares else None
    if found:
        yield f"Why: {'; '.join(cause.text for cause in found)}."
        for reader in dict.fromkeys(cause.reader for cause in found if cause.reader):
            yield f"So it is the {reader} that does not read in time, and not SCTP."
    else:
        own = first is not None and first.kind in (OWN, UNREAD)
        yield "No setting that is known and no advice explains it" + (
            ": it is that program's own time." if own else "."
        )
    if first is not None and first.kind == HELD and not any(cause.setting for cause in found):
        peer = PEERS[first.role]
        unknown = [one.name for one in _both(comparison, pair) if peer not in one.ends]
        if unknown:
            yield f"The SACK delay of the {peer} is not known in {' and '.join(unknown)}: it may be the reason."


def _settings(
    comparison: Comparison, pair: Pair, found: Sequence[Cause], by_settings: float
) -> Iterable[str]:
    """How far this is a comparison of settings, and what is left when they are taken off."""
    if by_settings:
        whole = by_settings >= HALF
        yield (
            "So this compares settings, not cores: make them the same and compare again."
            if whole
            else f"So {by_settings:.0%} of it is settings, not cores: make them the same and compare again."
        )
        core = pair.ratios["core"]
        if pair.ends[0] in RADIO and core.value is not None:
            word = (
                f"{core.word} in {comparison.summaries[pair.other].name}" if core.differs else "no difference"
            )
            with_network = "" if all(one.apart for one in pair.seen) else ", network included"
            yield f"The core alone{with_network}: {word}, {times_text(core)} in the mean."
    explained = {cause.setting for cause in found}
    tuned = [one for one in _tuned(comparison.settings, pair) if one.name not in explained]
    if tuned:
        told = _listed(tuned, comparison, pair)
        yield f"{'More' if by_settings else 'Yet'} settings differ, and part of it may be theirs: {told}."


def _shares(pair: Pair, slower_is_other: bool) -> list[tuple[Piece, float]]:
    """The pieces that go the way of the whole, with their share of all that do, the largest first."""
    sign = 1 if slower_is_other else -1
    along = [(piece, sign * piece.delta_ms) for piece in pair.pieces if sign * piece.delta_ms > 0]
    # Two ends do not measure the same span to the microsecond: a piece may be larger than the whole.
    whole = max(sign * sum(piece.delta_ms for piece in pair.pieces), sum(gain for _, gain in along))
    if not along:
        return []
    along.sort(key=lambda entry: -entry[1])
    return [(piece, gain / whole) for piece, gain in along if gain / whole >= LEAST_SHARE][:MOST_PIECES]


# In common.


def _both(comparison: Comparison, pair: Pair) -> tuple[Summary, Summary]:
    return comparison.summaries[pair.base], comparison.summaries[pair.other]


def _tuned(settings: Sequence[Setting], pair: Pair) -> list[Setting]:
    return [one for one in settings if one.name in TUNED and one.role and one.between(pair.base, pair.other)]


def _listed(settings: Sequence[Setting], comparison: Comparison, pair: Pair) -> str:
    return ", ".join(
        f"{setting_title(one.role, one.name)} {setting_text(one.name, one.values[pair.base])} in "
        f"{comparison.summaries[pair.base].name} and {setting_text(one.name, one.values[pair.other])} in "
        f"{comparison.summaries[pair.other].name}"
        for one in settings
    )


def _value(seen: Ended, by: str) -> float:
    if by == "mean":
        return seen.mean("total")
    return seen.percentile("total", 0.95 if by == "p95" else 0.5) or 0.0


def _medians(pair: Pair) -> str:
    base, other = (milliseconds(_value(seen, "p50")) for seen in pair.seen)
    return f" (median {base} and {other})"
