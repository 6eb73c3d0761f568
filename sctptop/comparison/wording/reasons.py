"""What made a difference: the part of the time, its share, and the settings and advice that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sctptop.comparison.breakdown import OWN, Piece
from sctptop.comparison.kinds import words
from sctptop.comparison.remarks import Setting
from sctptop.comparison.result import Comparison, Pair
from sctptop.comparison.roles import PEERS, RADIO
from sctptop.comparison.statistics.ratio import SAME
from sctptop.comparison.wording.causes import Cause, setting_text, setting_title
from sctptop.comparison.wording.harmless import harmless
from sctptop.comparison.wording.headline import value
from sctptop.comparison.wording.ratio_text import times_text
from sctptop.model.passages.passage import HELD, UNREAD
from sctptop.quantity import milliseconds

HALF = 0.5
LEAST_SHARE = 0.2
"""Of the difference: a part below it is not worth a word."""
MOST_PIECES = 2
TUNED = ("nodelay", "sack_delay_ms", "sack_frequency")
"""Settings that a comparison of cores must not differ in, whatever the times are."""


def outliers(pair: Pair) -> Iterable[str]:
    if pair.typical:
        base, other = (milliseconds(value(seen, "mean")) for seen in pair.seen)
        many = words(pair.kind).many
        yield f"But the mean goes the other way, {other} instead of {base}: a few {many} are very slow."


def _share_text(share: float) -> str:
    return "nearly all" if share >= 0.95 else f"{share:.0%}"


def where(pair: Pair, shares: Sequence[tuple[Piece, float]]) -> Iterable[str]:
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


def why(
    comparison: Comparison,
    pair: Pair,
    found: Sequence[Cause],
    shares: Sequence[tuple[Piece, float]],
    slow: int,
) -> Iterable[str]:
    """The causes; ``slow``: the slower side."""
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
        sides = (comparison.summaries[pair.base], comparison.summaries[pair.other])
        unknown = [one.name for one in sides if peer not in one.ends]
        if comparison.summaries[slow].end(first.role).settings.get("nodelay") == (True,):
            yield f"NODELAY is on there: a window held them back, that of congestion or that of the {peer}."
        elif unknown:
            yield f"The SACK delay of the {peer} is not known in {' and '.join(unknown)}: it may be the reason."


def of_settings(
    comparison: Comparison, pair: Pair, found: Sequence[Cause], by_settings: float, slow: int
) -> Iterable[str]:
    """How far this is a comparison of settings, and what is left when they are taken off. ``slow``: the slower side."""
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
                f"{core.word} in {comparison.summaries[pair.other].name}"
                if core.differs
                else "no difference that matters"
                if core.word == SAME
                else "a difference cannot be told"
            )
            with_network = "" if all(one.apart for one in pair.seen) else ", network included"
            yield f"The core alone{with_network}: {word}, {times_text(core)} in the mean."
    explained = {cause.setting for cause in found}
    more = [one for one in tuned(comparison.settings, pair) if one.name not in explained]
    if more:
        idle = [
            one for one in more if harmless(one, pair.pieces, slow, comparison.summaries[slow], pair.ends[0])
        ]
        if rest := [one for one in more if one not in idle]:
            told = listed(rest, comparison, pair)
            yield f"{'More' if by_settings else 'Yet'} settings differ, and part of it may be theirs: {told}."
        if idle:
            told = listed(idle, comparison, pair)
            yield f"Settings differ too, and cost nothing here, for messages were held alike: {told}."


def shares(pair: Pair, slower_is_other: bool) -> list[tuple[Piece, float]]:
    """The pieces that go the way of the whole, with their share of all that do, the largest first."""
    sign = 1 if slower_is_other else -1
    along = [(piece, sign * piece.delta_ms) for piece in pair.pieces if sign * piece.delta_ms > 0]
    # Two ends do not measure the same span to the microsecond: a piece may be larger than the whole.
    whole = max(sign * sum(piece.delta_ms for piece in pair.pieces), sum(gain for _, gain in along))
    if not along:
        return []
    along.sort(key=lambda entry: -entry[1])
    return [(piece, gain / whole) for piece, gain in along if gain / whole >= LEAST_SHARE][:MOST_PIECES]


def tuned(settings: Sequence[Setting], pair: Pair) -> list[Setting]:
    return [one for one in settings if one.name in TUNED and one.role and one.between(pair.base, pair.other)]


def listed(settings: Sequence[Setting], comparison: Comparison, pair: Pair) -> str:
    return ", ".join(
        f"{setting_title(one.role, one.name)} {setting_text(one.name, one.values[pair.base])} in "
        f"{comparison.summaries[pair.base].name} and {setting_text(one.name, one.values[pair.other])} in "
        f"{comparison.summaries[pair.other].name}"
        for one in settings
    )
