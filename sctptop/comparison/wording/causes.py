"""Why a part of the time differs: the settings that differ the right way, and advice given in one recording alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sctptop.comparison.breakdown import FAR, FAR_AND_NETWORK, OWN, Piece
from sctptop.comparison.remarks import Setting
from sctptop.comparison.roles import PEERS
from sctptop.comparison.statistics.ratio import SLOWER
from sctptop.comparison.statistics.within_runs import ratio_of_distributions
from sctptop.comparison.summaries.summary import Fired, Summary
from sctptop.comparison.wording.harmless import SACK_EXPIRIES, SACK_SETTINGS, expiries, waited_for_sacks
from sctptop.comparison.wording.windows import narrow_window
from sctptop.fields.catalogue import BY_ID
from sctptop.model.passages.passage import BLOCKED, HELD, LOST, NETWORK, ORDER, UNREAD
from sctptop.quantity import Value, milliseconds, show

HERE, THERE = "here", "there"
SETTINGS_BEHIND = {
    HELD: ((HERE, "nodelay"), (THERE, "sack_delay_ms"), (THERE, "sack_frequency"), (THERE, "rcvbuf")),
    BLOCKED: ((HERE, "sndbuf"), (THERE, "rcvbuf")),
    LOST: ((HERE, "rto_ms"), (THERE, "rto_ms"), (HERE, "rcvbuf"), (THERE, "rcvbuf")),
    ORDER: ((HERE, "rcvbuf"), (THERE, "rcvbuf")),
    UNREAD: (),
    OWN: (),
    # The other end's own messages are held for our SACK, or our window.
    FAR: ((HERE, "nodelay"), (THERE, "sack_delay_ms"), (THERE, "sack_frequency"), (THERE, "rcvbuf")),
    NETWORK: (),
}
"""By the kind of piece: which settings make it longer, at the end whose piece it is or at the other."""
SHOWN_BY = {
    (HELD, "rcvbuf"): ("small_rcvbuf", "closed_window"),
    (LOST, "rcvbuf"): ("small_rcvbuf",),
    (ORDER, "rcvbuf"): ("small_rcvbuf",),
    (FAR, "rcvbuf"): ("small_rcvbuf", "closed_window"),
}
"""Settings that differ without harm, unless one of these rules of advice speaks of either end."""
_LOSSES = (
    "lossy_path",
    "late_sacks",
    "reordered_packets",
    "spurious_rtx",
    "path_mtu",
    "filtered_chunks",
    "dead_path",
)
_UNREAD = ("unread_data", "stopped_process", "saturated")


def _at(whose: str, *rules: str) -> tuple[tuple[str, str], ...]:
    return tuple((whose, rule) for rule in rules)


ADVICE_BEHIND = {
    HELD: (
        *_at(HERE, "nagle"),
        *_at(THERE, "delayed_sack"),
        *_at(HERE, "closed_window"),
        *_at(THERE, *_UNREAD),
    ),
    BLOCKED: (
        *_at(HERE, "closed_window", "small_sndbuf"),
        *_at(THERE, *_UNREAD),
        *_at(HERE, "lossy_path", "dead_path", "after_outage"),
    ),
    LOST: (
        *_at(HERE, *_LOSSES),
        *_at(THERE, *_LOSSES),
        *_at(HERE, "small_rcvbuf"),
        *_at(THERE, "small_rcvbuf"),
    ),
    ORDER: (
        *_at(HERE, "lossy_path", "reordered_packets"),
        *_at(THERE, "lossy_path", "reordered_packets"),
        *_at(HERE, "one_stream"),
        *_at(THERE, "one_stream"),
    ),
    UNREAD: _at(HERE, *_UNREAD),
    OWN: _at(HERE, *_UNREAD),
    FAR: (
        *_at(HERE, "nagle"),
        *_at(THERE, "delayed_sack"),
        *_at(HERE, "saturated"),
        *_at(THERE, "lossy_path", "spurious_rtx", "dead_path"),
    ),
    NETWORK: (
        *_at(HERE, "lossy_path", "spurious_rtx", "dead_path", "slow_primary"),
        *_at(THERE, "lossy_path"),
    ),
}
UNREAD_BY = ("closed_window", "saturated", "unread_data", "stopped_process")
"""Advice that says who holds back what is to be sent: the application there, that does not read."""
WINDOW_BEHIND = (HELD, BLOCKED, LOST, ORDER)
"""What a peer's small receive buffer makes longer: known from its window, where that end was not recorded."""
SMALLER_IS_SLOWER = ("sndbuf", "rcvbuf")
LEAST_EXPIRIES = 0.1
"""More of them a registration than in the other recording."""
LEAST_PART = 0.5
"""Of a difference: what delayed SACKs cost altogether, for their settings to be the reason."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: a ``setting``, a ``rule`` of advice, a ``counter``, or, all "", what else was seen.

    ``reader``: the end that does not read, and so makes SCTP at the other one wait.
    """

    text: str
    setting: str = ""
    rule: str = ""
    counter: str = ""
    reader: str = ""


def setting_title(role: str, name: str) -> str:
    """What a setting is called: "NODELAY of the gNB", a sysctl by its name."""
    plain = name if name not in BY_ID else BY_ID[name].words or BY_ID[name].title
    return f"{plain} of the {role}" if role else plain


def setting_text(name: str, values: Sequence[Value]) -> str:
    """Its values, the most frequent first; those beyond three are counted."""
    unit = BY_ID[name].unit if name in BY_ID else ""
    shown = [show(value, unit) for value in values[:3]]
    return ", ".join(shown) + (f" +{len(values) - 3}" if len(values) > 3 else "") if values else "–"


def causes(
    piece: Piece, slow: int, fast: int, summaries: Sequence[Summary], settings: Sequence[Setting], end: str
) -> Iterable[Cause]:
    """Why this piece is longer in recording ``slow`` than in ``fast``, the surest first."""
    here = piece.role or end
    there = PEERS[here]
    roles = {HERE: here, THERE: there}
    kind = FAR if piece.kind == FAR_AND_NETWORK else piece.kind
    for place, name in SETTINGS_BEHIND[kind]:
        for setting in settings:
            if (
                (setting.role, setting.name) == (roles[place], name)
                and _slows(setting, slow, fast)
                and _shown(setting, slow, piece, kind, summaries[slow], end)
            ):
                values = [setting_text(name, setting.values[one]) for one in (slow, fast)]
                yield Cause(
                    f"{setting_title(setting.role, name)} is {values[0]} in {summaries[slow].name} and {values[1]} in "
                    f"{summaries[fast].name}",
                    setting=name,
                )
    seen = kind in WINDOW_BEHIND and not summaries[slow].end(there).settings.get("rcvbuf")
    if seen and (text := narrow_window(here, summaries[slow], summaries[fast])) is not None:
        yield Cause(text, setting="rcvbuf")
    for place, rule in ADVICE_BEHIND[kind]:
        told, other = (_said(summaries[one], rule, roles[place]) for one in (slow, fast))
        if told is not None and (other is None or other.severity == "note"):
            text = f"advice in {summaries[slow].name} alone: {told.title} at the {told.role}"
            yield Cause(
                text, rule=rule, reader=there if kind in (HELD, BLOCKED) and rule in UNREAD_BY else ""
            )
    if kind in (HELD, FAR):
        yield from _sack_expiries(summaries[slow], summaries[fast], end)
    if kind in (UNREAD, OWN, FAR):
        programs = [set(summaries[one].end(here).processes) for one in (slow, fast)]
        if all(programs) and programs[0] != programs[1]:
            names = [", ".join(sorted(one)) for one in programs]
            yield Cause(
                f"the {here} is another program, {names[0]} in {summaries[slow].name} and {names[1]} in "
                f"{summaries[fast].name}"
            )
    if piece.kind in (NETWORK, FAR_AND_NETWORK):
        yield from _round_trips(summaries[slow], summaries[fast])


def _shown(setting: Setting, slow: int, piece: Piece, kind: str, summary: Summary, end: str) -> bool:
    """Whether what a setting does is seen where it is slow, or whether that cannot be seen."""
    rules = SHOWN_BY.get((kind, setting.name), ())
    if rules:
        return any(_said(summary, rule, role) for rule in rules for role in PEERS)
    waited_ms = waited_for_sacks(setting, slow, summary, end) if setting.name in SACK_SETTINGS else None
    return waited_ms is None or waited_ms >= LEAST_PART * abs(piece.delta_ms)


def _sack_expiries(slow: Summary, fast: Summary, end: str) -> Iterable[Cause]:
    """The timer of delayed SACKs, seen in the namespaces of these associations: somebody waited for it."""
    more, fewer = expiries(slow, end), expiries(fast, end)
    if more is not None and fewer is not None and more - fewer >= LEAST_EXPIRIES:
        yield Cause(
            f"{SACK_EXPIRIES} rose by {more:.2f} a registration in {slow.name} and {fewer:.2f} in {fast.name}",
            counter=SACK_EXPIRIES,
        )


def _round_trips(slow: Summary, fast: Summary) -> Iterable[Cause]:
    ratio = ratio_of_distributions(fast.heartbeats, slow.heartbeats, 0.5)
    medians = [one.heartbeats.percentile(0.5) for one in (slow, fast)]
    if ratio.word == SLOWER and None not in medians:
        told = [milliseconds(one or 0.0) for one in medians]
        yield Cause(f"the heartbeat RTT is {told[0]} in {slow.name} and {told[1]} in {fast.name} (median)")


def _slows(setting: Setting, slow: int, fast: int) -> bool:
    """Whether it is known to differ, and in the direction that costs time: no NODELAY, a longer delay, less buffer."""
    if not setting.between(slow, fast):
        return False
    ours, theirs = setting.values[slow], setting.values[fast]
    if setting.name == "nodelay":
        return False in ours and True in theirs
    if setting.name in SMALLER_IS_SLOWER:
        ours, theirs = theirs, ours
    return _most(ours) > _most(theirs)


def _most(values: Sequence[Value]) -> float:
    return max((value for value in values if isinstance(value, int | float)), default=0.0)


def _said(summary: Summary, rule: str, role: str) -> Fired | None:
    return next((one for one in summary.advice if (one.rule, one.role) == (rule, role) and one.usual), None)
