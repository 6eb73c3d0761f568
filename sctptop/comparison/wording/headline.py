"""The first sentences of a verdict: different, no difference that matters, or cannot tell; and of what that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sctptop.comparison.kinds import words
from sctptop.comparison.load import mixed
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.statistics.needed import registrations_to_tell, runs_to_find, runs_to_rule_out
from sctptop.comparison.statistics.ratio import (
    FASTER,
    LEAST_RUNS,
    SAME,
    SLOWER,
    TOO_FEW,
    UNSURE,
    Ratio,
)
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.wording.ratio_text import factor_text, times_text
from sctptop.quantity import counted, milliseconds

STATISTICS = {"p50": "median", "mean": "mean", "p95": "95th percentile", "p99": "99th percentile"}
DECISIVE = ("p50", "mean")
"""What must be the same before the whole is said to be; percentiles at the edge are told apart from that."""
LEAST_HEADLINE = 100
"""Registrations a side below which a few runs say nothing worth a headline."""


def answer(pair: Pair) -> tuple[str, str]:
    """The figure of STATISTICS that gives it, "" for none, and the answer."""
    ratios = pair.ratios
    if ratios["p50"].word == TOO_FEW:
        return "", TOO_FEW
    for name in STATISTICS:
        if ratios[name].word in (FASTER, SLOWER):
            return name, ratios[name].word
    return "", SAME if all(ratios[name].word == SAME for name in DECISIVE) else UNSURE


def enough(pair: Pair) -> bool:
    """Whether there is enough for a headline."""
    return pair.across or min(one.n for one in pair.seen) >= LEAST_HEADLINE


def different(comparison: Comparison, pair: Pair, by: str, result: str) -> str:
    """By how much, and how certain that is."""
    base, other = names(comparison, pair)
    ratio = pair.ratios[by]
    values = [milliseconds(value(seen, by)) for seen in pair.seen]
    text = (
        f"{other} is {result} than {base} by {factor_text(ratio)}: {words(pair.kind).one} takes {values[1]} "
        f"instead of {values[0]} ({STATISTICS[by]}, {_numbers(ratio)}, 95 % interval)."
    )
    middle, mean = (pair.ratios[name] for name in DECISIVE)
    if by == "p50" and mean.word == result and _beyond(mean, middle):
        values = [milliseconds(value(seen, "mean")) for seen in pair.seen]
        text += (
            f" In the mean it is {factor_text(mean)}, {values[1]} instead of {values[0]}: not all take alike."
        )
    if by != "p50":
        none = "there is no difference that matters" if middle.word == SAME else "no difference can be told"
        text = f"{'In' if pair.across else 'in'} the median {none} ({times_text(middle)}), but {text}"
    return text if pair.across else f"Within these runs: {text}"


def _beyond(ratio: Ratio, less: Ratio) -> bool:
    """Whether one lies further from 1 than the other for certain."""
    ends = [end for one in (ratio, less) for end in (one.low, one.high)]
    if None in ends or ratio.value is None:
        return False
    low, high, least, most = (end or 0.0 for end in ends)
    return low > most if ratio.value > 1 else high < least


def of_loads(comparison: Comparison, pair: Pair, slow: int | None = None) -> Iterable[str]:
    """That loads are compared as well, where they lie apart. ``slow``: not those of which that side has less."""
    told = _apart(comparison, pair, lambda more: slow is None or more == slow)
    if told:
        yield f"This compares loads as well ({told})."


def of_less_load(comparison: Comparison, pair: Pair, slow: int) -> Iterable[str]:
    """That the slow side has less load: registrations that wait for others come later, and are no reason."""
    told = _apart(comparison, pair, lambda more: more != slow)
    if told:
        yield f"Load differs too, but the slower side has less of it ({told})."


def _apart(comparison: Comparison, pair: Pair, wanted: Callable[[int], bool]) -> str:
    """The loads that lie apart, of which a wanted side has more."""
    return "; ".join(
        replace(load, values=(load.values[pair.base], load.values[pair.other])).told(names(comparison, pair))
        for load in comparison.loads
        if load.between(pair.base, pair.other) and wanted(load.more(pair.base, pair.other))
    )


def of_few(comparison: Comparison, pair: Pair, by: str) -> str:
    """What stands in place of a difference that is worth no headline."""
    base, other = names(comparison, pair)
    values = [milliseconds(value(seen, by)) for seen in pair.seen]
    ratio = pair.ratios[by]
    return (
        f"Too few {words(pair.kind).many} for a verdict: in so few runs {LEAST_HEADLINE} a side are the least. "
        f"Of these few {words(pair.kind).one} took {values[0]} in {base} and {values[1]} in {other} "
        f"({STATISTICS[by]}, {times_text(ratio)}, {_numbers(ratio, turned=False)}): "
        "a hint where to look and no verdict."
    )


def same(comparison: Comparison, pair: Pair) -> Iterable[str]:
    """That no difference beyond the margin is there, and what is known of the slow ones."""
    base, other = names(comparison, pair)
    middle, mean = (pair.ratios[name] for name in DECISIVE)
    begin = "No" if pair.across else "Within these runs no"
    yield (
        f"{begin} difference that matters between {base} and {other}: the median, {_inner(middle)}, and the mean, "
        f"{_inner(mean)}, differ by less than {middle.margin:.0%} for certain "
        f"({_numbers(middle, turned=False)}; two one-sided tests, 90 % intervals)."
    )
    yield _edge(pair)


def unsure(comparison: Comparison, pair: Pair) -> Iterable[str]:
    """That neither is shown, and what it would take."""
    base, other = names(comparison, pair)
    middle, mean = (pair.ratios[name] for name in DECISIVE)
    begin = "Cannot tell" if pair.across else "Cannot tell, even within these runs,"
    yield (
        f"{begin} whether {other} differs from {base}: the median is {times_text(middle)}, the mean {times_text(mean)} "
        f"({_numbers(middle, turned=False)}, 95 % intervals), which shows neither a difference nor that none beyond "
        f"{middle.margin:.0%} is there."
    )
    yield from advised(comparison, pair)


def advised(comparison: Comparison, pair: Pair) -> Iterable[str]:
    """What would give an answer."""
    sides = zip(names(comparison, pair), pair.seen, strict=True)
    yield from [text for name, seen in sides for text in mixed(name, seen)] or _needed(pair)


def _needed(pair: Pair) -> Iterable[str]:
    """How many runs or registrations."""
    ratio = max((pair.ratios[name] for name in DECISIVE), key=lambda one: -1 if one.word == SAME else 1)
    many = words(pair.kind).many
    if ratio.across and ratio.spread is not None:
        spread = max(ratio.spread)
        find, rule_out = runs_to_find(ratio), runs_to_rule_out(ratio)
        told = [f"{_or_more(rule_out)} to show that none beyond {ratio.margin:.0%} is there"]
        if ratio.value is not None and max(ratio.value, 1 / ratio.value) > 1 + ratio.margin:
            told.insert(0, f"{_or_more(find)} to show a difference like this one")
        yield f"At this spread from run to run ({spread:.0%}) it takes about {', '.join(told)} (runs a side)."
    elif (registrations := registrations_to_tell(ratio)) is not None and registrations > max(ratio.n):
        yield f"About {_rounded(registrations)} {many} a side would narrow that down, in these runs."


def of_these_runs(pair: Pair) -> Iterable[str]:
    """That nothing is said of the set-ups, where that is so."""
    if not pair.across:
        yield (
            f"Of the set-ups nothing is claimed: what differs from run to run is seen from {LEAST_RUNS} runs a side "
            "on, 5 are better."
        )


def value(seen: Ended, by: str) -> float:
    """A figure of STATISTICS, in ms."""
    if by == "mean":
        return seen.mean("total")
    return seen.percentile("total", {"p50": 0.5, "p95": 0.95, "p99": 0.99}[by]) or 0.0


def medians(pair: Pair) -> str:
    """Both, in brackets."""
    base, other = (milliseconds(value(seen, "p50")) for seen in pair.seen)
    return f" (median {base} and {other})"


def names(comparison: Comparison, pair: Pair) -> tuple[str, str]:
    """Of the baseline and of the other."""
    return comparison.summaries[pair.base].name, comparison.summaries[pair.other].name


def _numbers(ratio: Ratio, turned: bool = True) -> str:
    """How many registrations, and runs where they are what counts; of the other first where ``turned``."""

    def both(counts: Sequence[int]) -> str:
        first, second = counts[::-1] if turned else counts
        return f"{first} and {second}"

    runs = f"{both(ratio.runs)} runs, " if ratio.across else ""
    return f"{runs}n = {both(ratio.n)}"


def _inner(ratio: Ratio) -> str:
    low, high = ratio.inner or (None, None)
    return times_text(Ratio(ratio.n, ratio.value, low, high))


def _edge(pair: Pair) -> str:
    edge = pair.ratios["p95"]
    if edge.word == SAME:
        return f"So does the 95th percentile, {_inner(edge)}."
    told = f" ({times_text(edge)})" if edge.low is not None else ""
    return f"Of the 95th percentile that cannot be told{told}."


def _or_more(runs: int | None) -> str:
    return counted(runs, "run") if runs is not None else "more than 1,000 runs"


def _rounded(number: int) -> str:
    """To two digits, upwards."""
    step = int(10 ** max(len(str(number)) - 2, 0))
    return f"{-(-number // step) * step:,}"
