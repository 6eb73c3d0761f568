"""What is not the same about recordings besides their times: settings, and what makes a comparison doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sctptop.comparison.kinds import UNTOLD, Counts, listed, words
from sctptop.comparison.load import Load, loads_of, mixed
from sctptop.comparison.roles import PEERS
from sctptop.comparison.summaries.ended import Ended
from sctptop.comparison.summaries.summary import Summary
from sctptop.fields.catalogue import SETTINGS
from sctptop.quantity import Value, counted

Values = tuple[Value, ...]
MEASURED, MEASURED_APART = ("rto_ms",), 1.25
"""Settings that follow from measurements too: they differ by chance, and from here on for a reason."""
OTHER_KINDS = 0.1
"""Shares of a kind of registration that differ by more are another load."""
_RUN = re.compile(r"(.+)-0*([1-9]\d*)")
"""What record --runs calls its files."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in each recording, () where it is not known; ``role`` is "" for a sysctl."""

    role: str
    name: str
    values: tuple[Values, ...]

    @property
    def differs(self) -> bool:
        """Whether one is known to have it otherwise than the baseline."""
        return any(self.between(0, place) for place in range(1, len(self.values)))

    def between(self, base: int, other: int) -> bool:
        """Whether these two are known to have it otherwise."""
        first, second = self.values[base], self.values[other]
        if not first or not second:
            return False
        if self.name in MEASURED:
            low, high = sorted(one if isinstance(one, int | float) else 0 for one in (first[0], second[0]))
            return high > MEASURED_APART * low
        return set(first) != set(second)


def settings_of(summaries: Sequence[Summary]) -> tuple[Setting, ...]:
    """All settings of all roles that are in any of them, and every sysctl."""
    roles = [role for role in PEERS if any(role in one.ends for one in summaries)]
    found = [
        Setting(role, name, tuple(one.end(role).settings.get(name, ()) for one in summaries))
        for role in roles
        for name in SETTINGS
    ]
    names = sorted({name for one in summaries for name in one.sysctls})
    found += [
        Setting("", name, tuple((one.sysctls[name],) if name in one.sysctls else () for one in summaries))
        for name in names
    ]
    return tuple(one for one in found if any(one.values))


def common_end(summaries: Sequence[Summary]) -> str | None:
    """The end from which registrations are compared: the radio node's where all have it, for it sees the whole."""
    for role in PEERS:
        if all(one.completed(role) for one in summaries):
            return role
    counts = {role: sum(one.completed(role) for one in summaries) for role in PEERS}
    return max(counts, key=lambda role: counts[role]) if any(counts.values()) else None


def ends_of(summaries: Sequence[Summary]) -> tuple[str, ...]:
    """For each recording the end its registrations are seen from: the common one, or failing that its own, else ""."""
    common = common_end(summaries)
    found = []
    for one in summaries:
        own = [role for role in PEERS if one.completed(role)] or [role for role in PEERS if one.kinds(role)]
        found.append(common if common and one.completed(common) else (own[0] if own else ""))
    return tuple(found)


def caveats_of(
    summaries: Sequence[Summary], ends: Sequence[str], compared: Sequence[Ended] = ()
) -> tuple[str, ...]:
    """What to bear in mind, each in a sentence, the weightiest first. ``compared``: the registrations of each, if any
    are."""
    seen = compared or [Ended(end) for end in ends]
    return (
        *runs_apart(summaries),
        *_vantage(summaries, ends),
        *_kinds(summaries, ends, seen),
        *_load(loads_of(summaries, seen), [one.name for one in summaries]),
        *(text for one, ended in zip(summaries, seen, strict=True) for text in mixed(one.name, ended)),
        *_hosts(summaries),
        *(text for one, ended in zip(summaries, seen, strict=True) for text in _gaps(one, ended)),
        *_unknown_ends(summaries, ends),
    )


def runs_apart(summaries: Sequence[Summary]) -> Iterable[str]:
    """That sides look like runs of one set-up: a shell takes * for itself where it is not quoted."""
    if len(summaries) < 3:
        return
    sets: dict[str, dict[int, str]] = {}
    for one in summaries:
        numbered = None if one.runs else _RUN.fullmatch(one.name)
        if numbered is not None:
            sets.setdefault(numbered[1], {})[int(numbered[2])] = one.name
    for start, names in sets.items():
        if len(names) > 1 and max(names) - min(names) == len(names) - 1:
            yield (
                f"{', '.join(names.values())}: each is a side of its own. If they are runs of one set-up, make them "
                f"one side: '{start}-*.sctp', in quotes."
            )


def _vantage(summaries: Sequence[Summary], ends: Sequence[str]) -> Iterable[str]:
    known = [(one.name, end) for one, end in zip(summaries, ends, strict=True) if end]
    if len({end for _, end in known}) > 1:
        where = ", ".join(f"{name} at the {end}" for name, end in known)
        yield (
            f"Recorded at different ends ({where}): what is one's network and peer is the other's own time, so totals "
            "and shares do not compare. Record all at the same end."
        )


def _kinds(summaries: Sequence[Summary], ends: Sequence[str], seen: Sequence[Ended]) -> Iterable[str]:
    """Other kinds of registration are another load, and take another time."""
    counts = [one.kinds(end) for one, end in zip(summaries, ends, strict=True)]
    told = next((ended.kind for ended in seen if ended.kind != UNTOLD), "")
    untold = [
        one
        for one, ended in zip(summaries, seen, strict=True)
        if told and ended.kind == UNTOLD and ended.decided
    ]
    if untold:
        yield (
            f"{_names(untold)}: an older version recorded it, and not which kinds of registration there were. They are "
            f"compared with {words(told).full}."
        )
    elif any(_other_kinds(counts[0], one) for one in counts[1:]):
        shares = "; ".join(
            f"{one.name} {listed(kinds)}" for one, kinds in zip(summaries, counts, strict=True) if kinds
        )
        yield f"Different kinds of registration: {shares}. Each kind is compared with its own; the load is another."


def _other_kinds(base: Counts, other: Counts) -> bool:
    if not base or not other:
        return False
    totals = sum(base.values()), sum(other.values())
    return any(
        abs(base.get(kind, 0) / totals[0] - other.get(kind, 0) / totals[1]) > OTHER_KINDS
        for kind in base.keys() | other.keys()
    )


def _load(loads: Sequence[Load], names: Sequence[str]) -> Iterable[str]:
    for load in loads:
        if any(load.between(0, place) for place in range(1, len(names))):
            yield f"Different load: {load.told(names)}."


def _hosts(summaries: Sequence[Summary]) -> Iterable[str]:
    for what, values in (
        ("hosts", [one.host for one in summaries]),
        ("kernels", [one.kernel for one in summaries]),
        ("machines", [one.machine for one in summaries]),
        ("clock ticks (HZ)", [str(one.hz or "") for one in summaries]),
    ):
        if len({value for value in values if value}) > 1:
            told = ", ".join(
                f"{one.name} {value or '–'}" for one, value in zip(summaries, values, strict=True)
            )
            yield f"Different {what}: {told}."


def _gaps(one: Summary, ended: Ended) -> Iterable[str]:
    if one.damaged:
        yield f"{one.name}: {counted(one.damaged, 'part')} of the file could not be read; what was in them is missing."
    if not one.probed:
        yield f"{one.name}: recorded without probes, so without registrations, heartbeat RTTs and waits."
    elif one.probed < one.samples:
        yield f"{one.name}: the probes were on in {one.probed} of {one.samples} samples only."
    if one.lost:
        yield f"{one.name}: {counted(one.lost, 'event')} lost; registrations may lack messages, or be missing."
    if one.missed:
        yield f"{one.name}: {counted(one.missed, 'retransmission')} seen by no probe."
    if one.unseen:
        yield f"{one.name}: {counted(one.unseen, 'message')} seen by no probe; registrations may lack them."
    if one.unfollowed:
        yield f"{one.name}: {counted(one.unfollowed, 'registration')} could not be followed, there were too many."
    if one.running:
        yield f"{one.name}: {counted(one.running, 'registration')} cut off by the end of the recording."
    many = words(ended.kind).full
    if ended.failed:
        told = f"{ended.failed} of {ended.decided} {many} failed ({ended.failures})"
        yield f"{one.name}: {told}; {'times are of others' if ended.n else 'there is no time to compare'}."
    if ended.unknown:
        told = "they count neither as completed nor as failed"
        yield f"{one.name}: how {ended.unknown} {many} ended is not known; {told}."


def _unknown_ends(summaries: Sequence[Summary], ends: Sequence[str]) -> Iterable[str]:
    """The end that was not read: its settings decide as much."""
    missing: dict[str, list[Summary]] = {}
    for one, end in zip(summaries, ends, strict=True):
        if end and PEERS[end] not in one.ends:
            missing.setdefault(PEERS[end], []).append(one)
    for role, without in missing.items():
        text = (
            f"{_names(without)}: the {role} was not recorded (on another host, or in a namespace that was not read), "
            "so its NODELAY and SACK delay are not known. A recording there tells them."
        )
        if narrow := [one for one in without if one.own_netns]:
            told = "read one network namespace only: on the same host, record with --netns all as root."
            text += f" {_names(narrow)} {told}"
        yield text


def _names(summaries: Sequence[Summary]) -> str:
    return ", ".join(one.name for one in summaries)
